//! The first key of an installation.

use strowger_model::Owner;
use strowger_model::api_key::{ApiKey, Scope, stored_id};
use strowger_store::{Expect, Key, Kind, Listing, Scan, Store, StoreError, StoreExt, Write};

/// A key shorter than that is a mistake.
const SHORTEST: usize = 4;

/// A shorter key can be guessed by whoever reaches the API; the operator is warned.
const ADVISABLE: usize = 16;

/// Longest key that a request may present.
const LONGEST: usize = 512;

/// Why the key was not stored.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The key is unfit.
    #[error("an admin key is {SHORTEST} to {LONGEST} visible ASCII characters")]
    Unfit,
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes `token` an administrator's key, if it is not one already. Answers whether it was made.
///
/// # Errors
/// Where the key is unfit, or the store does not take it.
pub async fn bootstrap_admin_key(store: &dyn Store, token: &str) -> Result<bool, BootstrapError> {
    if !(SHORTEST..=LONGEST).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BootstrapError::Unfit);
    }
    if token.len() < ADVISABLE {
        tracing::warn!("the admin key has fewer than {ADVISABLE} characters: whoever reaches this API can guess it");
    }
    let place = Key::new(Owner::System, Kind::ApiKey, stored_id(token));
    let key = ApiKey::with_scope(Scope::Admin, None);
    let index = crate::index::index_api_key(key.api_key_sid, &place.id);
    let body = serde_json::to_value(&key).map_err(|error| StoreError::Fault(error.to_string()))?;
    match store.commit(vec![Write::put(place, body, Expect::Absent), index]).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether no administrator's key exists yet.
///
/// # Errors
/// Those of the store.
pub async fn needs_admin_key(store: &dyn Store) -> Result<bool, StoreError> {
    let scan = Scan::of(Owner::System, Kind::ApiKey).by(Listing::Holder).only("admin").limit(1);
    Ok(store.scan(&scan).await?.documents.is_empty())
}
