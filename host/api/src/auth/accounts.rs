//! What has to be known of an account before anything of it is touched.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use strowger_model::{AccountId, Owner, Rate, Sid};
use strowger_store::{Key, Kind, Store, StoreError};

use super::cache::Cache;

/// Accounts in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

/// What is known of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Who keeps it.
    pub(super) provider: Sid,
    /// Whether its own keys and users may change anything.
    pub(super) is_active: bool,
    /// How often it may ask, where it says so itself.
    pub(super) rate: Option<Rate>,
}

pub(super) struct Accounts {
    store: Arc<dyn Store>,
    known: Cache<AccountId, Known>,
}

impl Accounts {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::new(CAPACITY) }
    }

    /// The account; none where there is no such one.
    pub(super) async fn find(&self, account: AccountId) -> Result<Option<Known>, StoreError> {
        self.known.find(&account, self.ask(account)).await
    }

    async fn ask(&self, account: AccountId) -> Result<Option<Known>, StoreError> {
        let key = Key::new(Owner::System, Kind::Account, account.hex());
        let Some(document) = self.store.get(&key).await? else { return Ok(None) };
        let known = read(&document.body);
        known.map(Some).ok_or_else(|| StoreError::Fault(format!("account {account} names no service provider")))
    }

    pub(super) fn forget(&self, id: &str) {
        if let Ok(account) = id.parse() {
            self.known.forget(&account);
        }
    }

    pub(super) fn doubt_all(&self) {
        self.known.doubt_all();
    }
}

fn read(account: &Value) -> Option<Known> {
    let provider = account.get("service_provider_sid")?.as_str()?.parse().ok()?;
    let is_active = account.get("is_active").is_none_or(|active| *active != 0 && *active != false);
    let rate = account.get("rate_limit").and_then(|rate| Rate::deserialize(rate).ok());
    Some(Known { provider, is_active, rate })
}
