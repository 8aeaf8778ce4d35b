//! The secrets of one body, sealed and opened in place.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value;

use super::cipher::{self, OpenError};
use super::fields::Fields;
use super::keyring::Keyring;
use super::keys::SealingKey;
use super::path::{self, Path};
use crate::{Key, StoreError};

/// Names the document and the field, never the value.
fn fault(key: &Key, path: &Path<'_>, error: &dyn Display) -> StoreError {
    StoreError::Fault(format!("{}/{}/{} at {path}: {error}", key.owner, key.kind.name(), key.id))
}

/// Seals every secret of a body that is in clear.
pub(super) fn seal(with: &SealingKey, key: &Key, fields: Fields, body: &mut Value) -> Result<(), StoreError> {
    path::each(fields, body, &mut |path, value| {
        *value = cipher::seal(with, key, path, value).map_err(|error| fault(key, path, &error))?;
        Ok(())
    })
}

/// Opens every secret of a body. What lies in clear, because an older version wrote it, is left as it is.
pub(super) fn open(keyring: &Keyring, key: &Key, fields: Fields, body: &mut Value) -> Result<(), StoreError> {
    let mut keys = keyring.keys();
    path::each(fields, body, &mut |path, value| {
        let mut opened = cipher::open(&keys, key, path, value);
        // Another process may have begun to seal with a key that this one has not read.
        if let Err(OpenError::UnknownKey(_)) = opened
            && let Some(newer) = keyring.read_again()
        {
            keys = newer;
            opened = cipher::open(&keys, key, path, value);
        }
        if let Some(opened) = opened.map_err(|error| fault(key, path, &error))? {
            *value = opened;
        }
        Ok(())
    })
}

/// How the secrets of a stored body lie.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Ids of the keys that they are sealed with.
    pub(super) keys: BTreeSet<String>,
    /// Whether any lies in clear.
    pub(super) clear: bool,
}

impl Found {
    /// Whether there are any, and they are not all sealed with that key.
    pub(super) fn needs(&self, active: &str) -> bool {
        self.clear || self.keys.iter().any(|id| id != active)
    }
}

pub(super) fn look(fields: Fields, body: &mut Value) -> Found {
    let mut found = Found::default();
    let mut see = |_: &Path<'_>, value: &mut Value| {
        match cipher::key_id(value) {
            Some(id) => drop(found.keys.insert(id.to_owned())),
            None => found.clear = true,
        }
        Ok::<_, std::convert::Infallible>(())
    };
    // It cannot fail.
    let _ = path::each(fields, body, &mut see);
    found
}
