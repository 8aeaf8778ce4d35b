//! Finding calls: live ones in memory, finished ones in the store.

use std::collections::HashSet;

use strowger_model::{AccountId, CallRecord, Sid};
use strowger_store::{Key, Kind, StoreError, StoreExt};

use super::CallManager;
use crate::filter::CallFilter;

impl CallManager {
    /// The call, live or finished not long ago.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn get(&self, account: AccountId, sid: Sid) -> Result<Option<CallRecord>, StoreError> {
        if let Some(call) = self.registry.find(account, sid) {
            return Ok(Some(call.record.borrow().clone()));
        }
        self.stored(account, sid).await
    }

    /// The account's calls that the filter admits, the latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn list(&self, account: AccountId, filter: &CallFilter) -> Result<Vec<CallRecord>, StoreError> {
        // Live ones first: a call that ends in between is seen twice rather than not at all.
        let mut calls: Vec<CallRecord> =
            self.registry.of_account(account).iter().map(|call| call.record.borrow().clone()).collect();
        let live: HashSet<Sid> = calls.iter().map(|call| call.call_sid).collect();
        for document in self.store.all(account.into(), Kind::Call).await? {
            let Ok(record) = serde_json::from_value::<CallRecord>(document.body) else { continue };
            if !live.contains(&record.call_sid) && self.services.expiry.is_current(&record) {
                calls.push(record);
            }
        }
        calls.retain(|call| filter.admits(call));
        calls.sort_by(|a, b| b.attempted_at.cmp(&a.attempted_at).then(a.call_sid.cmp(&b.call_sid)));
        Ok(calls)
    }

    pub(super) async fn stored(&self, account: AccountId, sid: Sid) -> Result<Option<CallRecord>, StoreError> {
        let document = self.store.get(&Key::new(account, Kind::Call, sid.to_string())).await?;
        let record = document.and_then(|document| serde_json::from_value::<CallRecord>(document.body).ok());
        Ok(record.filter(|record| self.services.expiry.is_current(record)))
    }
}
