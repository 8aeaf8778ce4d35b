//! What the secrets of a store are sealed with.

use std::collections::BTreeMap;
use std::fmt;

use super::fields::Fields;
use super::{Keyring, body};
use crate::walk::{Owners, Pages};
use crate::{Document, Store, StoreError};

/// Most documents that are named.
const MAX_NAMED: usize = 100;

/// What the secrets of a store are sealed with. It holds no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Documents with secrets.
    pub documents: u64,
    /// How many of them each key is needed for, by its id.
    pub keys: BTreeMap<String, u64>,
    /// How many of them have a secret in clear.
    pub clear: u64,
    /// Those that the keyring does not open, and why; at most 100.
    pub unreadable: Vec<String>,
}

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} documents have secrets", self.documents)?;
        for (id, documents) in &self.keys {
            writeln!(f, "{documents} are sealed with the key {id}")?;
        }
        writeln!(f, "{} have a secret in clear", self.clear)?;
        for reason in &self.unreadable {
            writeln!(f, "cannot be opened: {reason}")?;
        }
        Ok(())
    }
}

/// Opens every secret of the store, without keeping any, and counts. `store` is the one that holds sealed bodies.
///
/// # Errors
/// Those of the store.
pub async fn survey(store: &dyn Store, keyring: &Keyring) -> Result<Survey, StoreError> {
    let mut survey = Survey::default();
    let mut owners = Owners::of(store);
    while let Some(owner) = owners.next().await? {
        for kind in Fields::KINDS {
            let mut pages = Pages::of(store, owner, kind);
            while let Some(documents) = pages.next().await? {
                documents.into_iter().for_each(|document| survey.add(keyring, document));
            }
        }
    }
    Ok(survey)
}

impl Survey {
    fn add(&mut self, keyring: &Keyring, document: Document) {
        let Document { key, mut body, .. } = document;
        let Some(fields) = Fields::of(&key) else { return };
        let found = body::look(fields, &mut body);
        if found == body::Found::default() {
            return;
        }
        self.documents = self.documents.saturating_add(1);
        self.clear = self.clear.saturating_add(u64::from(found.clear));
        for id in found.keys {
            let documents = self.keys.entry(id).or_default();
            *documents = documents.saturating_add(1);
        }
        if let Err(error) = body::open(keyring, &key, fields, &mut body)
            && self.unreadable.len() < MAX_NAMED
        {
            self.unreadable.push(error.to_string());
        }
    }
}
