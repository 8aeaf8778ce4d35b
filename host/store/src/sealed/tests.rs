mod at_rest;
mod key_files;
mod rotation;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use tempfile::TempDir;

use super::{Keyring, SealedStore};
use crate::{Expect, Key, Kind, MemoryStore, Store, StoreExt};

const PASSWORD: &str = "Correct-Horse-Battery";

/// A folder with a key file.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn keyring(&self) -> Arc<Keyring> {
        Arc::new(Keyring::open(self.path()).unwrap())
    }
}

async fn sealed(below: &Arc<MemoryStore>, keyring: &Arc<Keyring>) -> Arc<SealedStore> {
    SealedStore::open(Arc::clone(below) as _, Arc::clone(keyring)).await.unwrap()
}

fn carrier(owner: Owner, id: &str) -> Key {
    Key::new(owner, Kind::Resource, id)
}

fn account() -> Owner {
    AccountId::random().into()
}

fn with_password(password: &str) -> Value {
    json!({"name": "Carrier", "gateways": [{"server": "a"}, {"server": "b", "username": "u", "password": password}]})
}

async fn body(store: &dyn Store, key: &Key) -> Value {
    store.get(key).await.unwrap().unwrap().body
}

/// The id of the key that the carrier's password is sealed with.
async fn sealed_with(below: &MemoryStore, key: &Key) -> String {
    let body = body(below, key).await;
    super::cipher::key_id(&body["gateways"][1]["password"]).unwrap().to_owned()
}

async fn put(store: &dyn Store, key: &Key, body: Value) {
    store.put(key.clone(), body, Expect::Anything).await.unwrap();
}
