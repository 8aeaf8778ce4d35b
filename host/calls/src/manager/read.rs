//! Finding calls: those of this process in memory, the others in the store.

use strowger_model::{AccountId, CallRecord, Sid};
use strowger_store::StoreError;

use super::CallManager;
use crate::filter::CallFilter;
use crate::page::{CallPage, Wanted};
use crate::stored::{Stored, key};

impl CallManager {
    /// The call, live on any node or finished not long ago.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn get(&self, account: AccountId, sid: Sid) -> Result<Option<CallRecord>, StoreError> {
        if let Some(call) = self.registry.find(account, sid) {
            return Ok(Some(call.record.borrow().clone()));
        }
        Ok(self.stored(account, sid).await?.map(|stored| stored.record))
    }

    /// A page of the account's calls that the filter admits, on all nodes, the latest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn page(
        &self,
        account: AccountId,
        filter: &CallFilter,
        skip: usize,
        limit: usize,
    ) -> Result<CallPage, StoreError> {
        let live = self.registry.of_account(account).iter().map(|call| call.record.borrow().clone()).collect();
        Wanted { account, filter, skip, limit }.read(&*self.store, live).await
    }

    pub(super) async fn stored(&self, account: AccountId, sid: Sid) -> Result<Option<Stored>, StoreError> {
        let document = self.store.get(&key(account, sid)).await?;
        Ok(document.and_then(|document| Stored::read(document.body)))
    }
}
