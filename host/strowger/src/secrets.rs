//! Secrets that the installation makes for itself.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rand::RngExt;
use serde::Deserialize;
use serde_json::json;
use strowger_model::{Owner, Secret};
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt};

/// Where the secret that signs page keys is kept: in the store, so that every node signs alike.
const CURSOR_SECRET: &str = "cursor_secret";

/// The secret that signs page keys, made at the first start.
pub async fn cursor_secret(store: &dyn Store) -> Result<[u8; 32], StoreError> {
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

/// A random admin key.
pub fn admin_key() -> Secret {
    let bytes: [u8; 20] = rand::rng().random();
    Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The demonstration's admin key: kept in a file that only its owner reads, so that `make run` can print it every time.
pub fn demo_admin_key(data: &Path) -> std::io::Result<Secret> {
    let path = data.join("demo-admin-key");
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(Secret::new(text.trim()));
    }
    let key = admin_key();
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{}", key.expose())?;
    Ok(key)
}
