//! Signs and verifies tokens with the installation's key set. Whoever signs when the newest key has had its day makes the next one:
//! the compare-and-set lets one node do it.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache as Timed;
use strowger_model::{Owner, time};
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt};

use super::cache::Cache;
use super::claims::Claims;
use super::config::AuthConfig;
use super::hs256;
use super::key_set::{KeySet, SigningKey};

const ID: &str = "token_keys";

/// Seconds by which the clocks of nodes may differ.
const SKEW: i64 = 60;

/// The time in which an unknown key name does not make the set be read again.
const REREAD: std::time::Duration = std::time::Duration::from_secs(1);

const ATTEMPTS: usize = 8;

pub(super) struct TokenKeys {
    store: Arc<dyn Store>,
    kept: Cache<(), Arc<KeySet>>,
    reread: Timed<(), ()>,
    token_lifetime: i64,
    key_lifetime: i64,
}

/// The set at a revision.
struct Stored {
    keys: KeySet,
    expect: Expect,
}

impl TokenKeys {
    pub(super) fn new(store: Arc<dyn Store>, config: &AuthConfig) -> Self {
        hs256::install();
        let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self {
            store,
            kept: Cache::new(1),
            reread: Timed::builder().max_capacity(1).time_to_live(REREAD).build(),
            token_lifetime: seconds(config.token_lifetime),
            key_lifetime: seconds(config.signing_key_lifetime),
        }
    }

    /// Seconds that a token is good for.
    pub(super) fn lifetime(&self) -> i64 {
        self.token_lifetime
    }

    /// The token that says this.
    pub(super) async fn sign(&self, claims: &Claims) -> Result<String, StoreError> {
        let fault = |error: jsonwebtoken::errors::Error| StoreError::Fault(format!("signing a token: {error}"));
        let key = self.signing().await?;
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.secret.expose().as_bytes())).map_err(fault)
    }

    /// What a token says that was signed here and has not lapsed.
    pub(super) async fn verify(&self, token: &str) -> Result<Option<Claims>, StoreError> {
        let Some(kid) = key_name(token) else { return Ok(None) };
        let Some(key) = self.verifying(&kid).await? else { return Ok(None) };
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        rules.validate_aud = false;
        let secret = DecodingKey::from_secret(key.secret.expose().as_bytes());
        Ok(jsonwebtoken::decode::<Claims>(token, &secret, &rules).ok().map(|token| token.claims))
    }

    async fn verifying(&self, kid: &str) -> Result<Option<SigningKey>, StoreError> {
        let now = time::unix_now();
        if let Some(key) = self.set().await?.verifying(kid, now) {
            return Ok(Some(key.clone()));
        }
        // Another node may have made it a moment ago. Names can be made up, though.
        if self.reread.contains_key(&()) {
            return Ok(None);
        }
        self.reread.insert((), ());
        self.kept.doubt(&());
        Ok(self.set().await?.verifying(kid, now).cloned())
    }

    async fn signing(&self) -> Result<SigningKey, StoreError> {
        let now = time::unix_now();
        let set = self.set().await?;
        match set.newest() {
            Some(newest) if !set.is_due(now, self.key_lifetime) => Ok(newest.clone()),
            newest => match (self.rotate(now).await, newest) {
                (Ok(key), _) => Ok(key),
                // A key that has signed for too long signs on while there is no other.
                (Err(StoreError::Unreachable(_) | StoreError::Overloaded), Some(newest)) => Ok(newest.clone()),
                (Err(error), _) => Err(error),
            },
        }
    }

    async fn rotate(&self, now: i64) -> Result<SigningKey, StoreError> {
        for _ in 0..ATTEMPTS {
            let Stored { keys, expect } = self.stored().await?;
            let next = match keys.newest() {
                Some(newest) if !keys.is_due(now, self.key_lifetime) => return Ok(newest.clone()),
                _ => keys.rotated(now, now.saturating_add(self.token_lifetime).saturating_add(SKEW)),
            };
            let body = serde_json::to_value(&next).map_err(|error| StoreError::Fault(error.to_string()))?;
            match self.store.put(place(), body, expect).await {
                Ok(_) => {
                    self.kept.doubt(&());
                    return next.newest().cloned().ok_or_else(|| StoreError::Fault("a key set without a key".into()));
                }
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Overloaded)
    }

    /// The set as it is known here; an empty one where there is none yet.
    async fn set(&self) -> Result<Arc<KeySet>, StoreError> {
        let ask = async { Ok(Some(Arc::new(self.stored().await?.keys))) };
        Ok(self.kept.find(&(), ask).await?.unwrap_or_default())
    }

    async fn stored(&self) -> Result<Stored, StoreError> {
        let Some(document) = self.store.get(&place()).await? else {
            return Ok(Stored { keys: KeySet::default(), expect: Expect::Absent });
        };
        Ok(Stored { keys: document.decode()?, expect: Expect::Revision(document.revision) })
    }

    /// A setting has changed.
    pub(super) fn doubt(&self, setting: &str) {
        if setting == ID {
            self.kept.doubt(&());
        }
    }

    pub(super) fn doubt_all(&self) {
        self.kept.doubt(&());
    }
}

fn place() -> Key {
    Key::new(Owner::System, Kind::Setting, ID)
}

/// The name of the key that a token claims to be signed with. None of what is not a token of this kind at all.
pub(super) fn key_name(token: &str) -> Option<String> {
    if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return None;
    }
    jsonwebtoken::decode_header(token).ok()?.kid
}

#[cfg(test)]
#[path = "token_keys_tests.rs"]
mod tests;
