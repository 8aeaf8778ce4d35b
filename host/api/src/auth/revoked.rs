//! Tokens that were given back before they lapsed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strowger_model::{Owner, time};
use strowger_store::{Batch, Expect, Key, Kind, Store, StoreError, Write};

use super::cache::Cache;
use super::claims::Claims;

/// Tokens in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

/// What a record outlives its token by: the clocks of nodes differ.
const SLACK: Duration = Duration::from_secs(60);

pub(super) struct Revoked {
    store: Arc<dyn Store>,
    /// Whether a token is revoked, by its id.
    known: Cache<String, bool>,
}

impl Revoked {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::new(CAPACITY) }
    }

    pub(super) async fn contains(&self, claims: &Claims) -> Result<bool, StoreError> {
        let ask = async { Ok(Some(self.store.get(&place(&claims.jti)).await?.is_some())) };
        Ok(self.known.find(&claims.jti, ask).await?.unwrap_or(false))
    }

    /// Ends a token. The record ends when the token would have.
    pub(super) async fn add(&self, claims: &Claims) -> Result<(), StoreError> {
        let left = u64::try_from(claims.exp.saturating_sub(time::unix_now())).unwrap_or(0);
        let body = json!({"jti": claims.jti, "exp": claims.exp});
        let write = Write::put(place(&claims.jti), body, Expect::Anything);
        let write = write.expires_in(Duration::from_secs(left).saturating_add(SLACK));
        self.store.apply(Batch::of(vec![write])).await?;
        self.forget(&claims.jti);
        Ok(())
    }

    pub(super) fn forget(&self, jti: &str) {
        self.known.forget(&jti.to_owned());
    }

    pub(super) fn doubt_all(&self) {
        self.known.doubt_all();
    }
}

fn place(jti: &str) -> Key {
    Key::new(Owner::System, Kind::RevokedToken, jti)
}
