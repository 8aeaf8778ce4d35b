//! API keys by their tokens. The store knows a token by its hash only.

use std::sync::Arc;

use strowger_model::api_key::{ApiKey, stored_id};
use strowger_model::{Owner, Sid, time};
use strowger_store::{Key, Kind, Store, StoreError};

use super::cache::Cache;
use super::last_used::LastUsed;
use super::token::Token;
use crate::index::Index;

/// Keys in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

pub(super) struct Keys {
    store: Arc<dyn Store>,
    known: Cache<String, Arc<ApiKey>>,
    /// Where a key is stored, by its id.
    places: Cache<Sid, String>,
    last_used: LastUsed,
}

impl Keys {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let last_used = LastUsed::noting(Arc::clone(&store));
        Self { store, known: Cache::new(CAPACITY), places: Cache::new(CAPACITY), last_used }
    }

    /// The key of a token that exists and has not expired.
    pub(super) async fn find(&self, token: &Token) -> Result<Option<Arc<ApiKey>>, StoreError> {
        self.open(&stored_id(token.expose())).await
    }

    /// The key that a token was traded for when it had been rotated so many times. It is good for as long as its token of then is.
    pub(super) async fn traded(&self, sid: Sid, rotation: u32) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let Some(place) = self.places.find(&sid, self.ask_place(sid)).await? else { return Ok(None) };
        let Some(key) = self.open(&place).await? else { return Ok(None) };
        match &key.previous {
            _ if key.rotation == rotation => Ok(Some(key)),
            Some(previous) if key.rotation == rotation.wrapping_add(1) => self.open(previous).await,
            _ => Ok(None),
        }
    }

    /// The key that is stored there, unless it has expired. It is noted as used.
    async fn open(&self, hash: &String) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let key = self.known.find(hash, self.ask(hash)).await?;
        let key = key.filter(|key| !key.is_expired(time::now()));
        if key.is_some() {
            self.last_used.note(hash);
        }
        Ok(key)
    }

    async fn ask(&self, hash: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let Some(document) = self.store.get(&Key::new(Owner::System, Kind::ApiKey, hash)).await? else {
            return Ok(None);
        };
        Ok(Some(Arc::new(document.decode()?)))
    }

    async fn ask_place(&self, sid: Sid) -> Result<Option<String>, StoreError> {
        Index::ApiKey.find(&*self.store, Owner::System, &sid.to_string()).await
    }

    /// The key is gone.
    pub(super) fn forget(&self, hash: &str) {
        self.known.forget(&hash.to_owned());
    }

    /// The key has changed: mostly, it was used.
    pub(super) fn doubt(&self, hash: &str) {
        self.known.doubt(&hash.to_owned());
    }

    /// An index entry has changed.
    pub(super) fn forget_place(&self, entry: &str) {
        if let Some(sid) = Index::ApiKey.entry_of(entry).and_then(|sid| sid.parse().ok()) {
            self.places.forget(&sid);
        }
    }

    pub(super) fn doubt_all(&self) {
        self.known.doubt_all();
        self.places.doubt_all();
    }
}
