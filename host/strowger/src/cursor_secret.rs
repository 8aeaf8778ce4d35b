//! The secret that signs page keys.

use rand::RngExt;
use serde::Deserialize;
use serde_json::json;
use strowger_model::Owner;
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt};

/// Where the secret that signs page keys is kept: in the store, so that every node signs alike.
const CURSOR_SECRET: &str = "cursor_secret";

/// The secret that signs page keys, made at the first start.
pub async fn of(store: &dyn Store) -> Result<[u8; 32], StoreError> {
    let key = Key::new(Owner::System, Kind::Setting, CURSOR_SECRET);
    let fresh: [u8; 32] = rand::rng().random();
    match store.put(key.clone(), json!({ "bytes": fresh }), Expect::Absent).await {
        Ok(_) => return Ok(fresh),
        Err(StoreError::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    let document = store.get(&key).await?;
    let stored = document.and_then(|document| <[u8; 32]>::deserialize(document.body.get("bytes")?).ok());
    stored.ok_or_else(|| StoreError::Fault(format!("the setting {CURSOR_SECRET} is damaged")))
}
