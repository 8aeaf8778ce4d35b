//! Which service provider an account belongs to.

use std::sync::Arc;

use serde_json::Value;
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Key, Kind, Store, StoreError};

use super::cache::Cache;

/// Accounts in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

pub(super) struct Accounts {
    store: Arc<dyn Store>,
    known: Cache<AccountId, Sid>,
}

impl Accounts {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::new(CAPACITY) }
    }

    /// The account's service provider; none where there is no such account.
    pub(super) async fn provider(&self, account: AccountId) -> Result<Option<Sid>, StoreError> {
        if let Some(provider) = self.known.get(&account) {
            return Ok(Some(provider));
        }
        let ticket = self.known.ticket();
        let Some(document) = self.store.get(&Key::new(Owner::System, Kind::Account, account.hex())).await? else {
            return Ok(None);
        };
        let provider =
            document.body.get("service_provider_sid").and_then(Value::as_str).and_then(|sid| sid.parse().ok());
        let Some(provider) = provider else {
            return Err(StoreError::Fault(format!("account {account} names no service provider")));
        };
        self.known.keep(ticket, account, provider);
        Ok(Some(provider))
    }

    pub(super) fn forget(&self, id: &str) {
        if let Ok(account) = id.parse() {
            self.known.forget(&account);
        }
    }

    pub(super) fn forget_all(&self) {
        self.known.clear();
    }
}
