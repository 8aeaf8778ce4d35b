//! API keys by their tokens. The store knows a token by its hash only.

use std::sync::Arc;

use serde::Deserialize;
use strowger_model::api_key::{ApiKey, stored_id};
use strowger_model::{Owner, time};
use strowger_store::{Key, Kind, Store, StoreError};

use super::cache::Cache;
use super::token::Token;

/// Keys in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

pub(super) struct Keys {
    store: Arc<dyn Store>,
    known: Cache<String, Arc<ApiKey>>,
}

impl Keys {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::new(CAPACITY) }
    }

    /// The key of a token that exists and has not expired.
    pub(super) async fn find(&self, token: &Token) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let hash = stored_id(token.expose());
        let key = match self.known.get(&hash) {
            Some(key) => Some(key),
            None => self.look_up(hash).await?,
        };
        let now = time::now();
        Ok(key.filter(|key| !key.is_expired(now)))
    }

    async fn look_up(&self, hash: String) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let ticket = self.known.ticket();
        let Some(document) = self.store.get(&Key::new(Owner::System, Kind::ApiKey, hash.clone())).await? else {
            return Ok(None);
        };
        let key = ApiKey::deserialize(&document.body).map_err(|error| StoreError::Fault(error.to_string()))?;
        let key = Arc::new(key);
        self.known.keep(ticket, hash, Arc::clone(&key));
        Ok(Some(key))
    }

    pub(super) fn forget(&self, hash: &str) {
        self.known.forget(&hash.to_owned());
    }

    pub(super) fn forget_all(&self) {
        self.known.clear();
    }
}
