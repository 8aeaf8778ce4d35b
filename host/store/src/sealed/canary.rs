//! A sealed word in the store: a process with another keyring finds that out when it starts, not at a carrier's password.

use serde_json::json;
use strowger_model::Owner;

use super::fields::Fields;
use super::{Keyring, KeyringError, body};
use crate::{Expect, Key, Kind, Store, StoreError, StoreExt};

/// The setting that has it.
const ID: &str = "keyring";

const WORD: &str = "Strowger";

/// Opens the store's canary, or seals one where there is none.
pub(super) async fn check(store: &dyn Store, keyring: &Keyring) -> Result<(), KeyringError> {
    let key = Key::new(Owner::System, Kind::Setting, ID);
    let Some(fields) = Fields::of(&key) else { return Ok(()) };
    let mut fresh = json!({ "secret": WORD });
    body::seal(keyring.to_seal().active(), &key, fields, &mut fresh)?;
    let mut found = match store.get(&key).await? {
        Some(document) => document.body,
        None => match store.put(key.clone(), fresh, Expect::Absent).await {
            Ok(_) => return Ok(()),
            // Another process was first.
            Err(StoreError::Conflict(_)) => store.get(&key).await?.map(|document| document.body).unwrap_or_default(),
            Err(error) => return Err(error.into()),
        },
    };
    match body::open(keyring, &key, fields, &mut found) {
        Ok(()) if found == json!({ "secret": WORD }) => Ok(()),
        Ok(()) => Err(KeyringError::Foreign(format!("the setting {ID} is damaged"))),
        Err(StoreError::Fault(reason)) => Err(KeyringError::Foreign(reason)),
        Err(error) => Err(error.into()),
    }
}
