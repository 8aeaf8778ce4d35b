//! One pass over the store that seals with the active key what is not.

use std::time::Duration;

use strowger_model::Owner;

use super::fields::Fields;
use super::{Keyring, KeyringError, body};
use crate::walk::{Owners, Pages};
use crate::{Batch, Document, Expect, Lease, Name, Store, StoreError, Write};

/// How long after a crash another rotation has to wait.
const LIFETIME: Duration = Duration::from_secs(30);

/// Times that a document is tried which others write meanwhile. Their writes are sealed with the active key too.
const ATTEMPTS: usize = 8;

/// Most documents that are named because they cannot be opened.
const MAX_NAMED: usize = 100;

/// What was sealed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// How many documents.
    pub documents: u64,
    /// Documents with a secret that no key of the keyring opens, and why; at most 100. They are as they were.
    pub unreadable: Vec<String>,
}

/// The right to seal anew, alone.
pub(super) struct Turn(Lease);

impl Turn {
    pub(super) async fn take(store: &dyn Store) -> Result<Self, KeyringError> {
        let holder = format!("{:016x}", rand::random::<u64>());
        let name = Name::new(Owner::System, "keyring");
        store.acquire(&name, &holder, LIFETIME).await?.map(Self).ok_or(KeyringError::UnderWay)
    }

    async fn go_on(&self, store: &dyn Store) -> Result<(), KeyringError> {
        if store.renew(&self.0, LIFETIME).await? { Ok(()) } else { Err(KeyringError::UnderWay) }
    }

    pub(super) async fn end(self, store: &dyn Store) {
        if let Err(error) = store.release(&self.0).await {
            tracing::warn!(%error, "the lease of the rotation ends by itself");
        }
    }
}

pub(super) async fn pass(store: &dyn Store, keyring: &Keyring, turn: &Turn) -> Result<Resealed, KeyringError> {
    let mut done = Resealed::default();
    let mut owners = Owners::of(store);
    while let Some(owner) = owners.next().await? {
        for kind in Fields::KINDS {
            let mut pages = Pages::of(store, owner, kind);
            while let Some(documents) = pages.next().await? {
                turn.go_on(store).await?;
                page(store, keyring, documents, &mut done).await?;
            }
        }
    }
    Ok(done)
}

/// All of a page at once; one by one, where somebody else wrote one of them meanwhile.
async fn page(
    store: &dyn Store,
    keyring: &Keyring,
    documents: Vec<Document>,
    done: &mut Resealed,
) -> Result<(), StoreError> {
    let mut writes = Vec::new();
    for document in documents {
        match anew(keyring, document) {
            Ok(write) => writes.extend(write),
            Err(error) if done.unreadable.len() < MAX_NAMED => done.unreadable.push(error.to_string()),
            Err(_) => {}
        }
    }
    if writes.is_empty() {
        return Ok(());
    }
    let count = writes.len() as u64;
    match store.apply(Batch::of(writes.clone())).await {
        Ok(_) => done.documents = done.documents.saturating_add(count),
        Err(StoreError::Conflict(_)) => {
            for write in writes {
                done.documents = done.documents.saturating_add(one(store, keyring, write).await?);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn one(store: &dyn Store, keyring: &Keyring, mut write: Write) -> Result<u64, StoreError> {
    for _ in 0..ATTEMPTS {
        let key = write.key.clone();
        match store.apply(Batch::of(vec![write])).await {
            Ok(_) => return Ok(1),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
        let Some(newest) = store.get(&key).await? else { return Ok(0) };
        match anew(keyring, newest)? {
            Some(again) => write = again,
            None => return Ok(0),
        }
    }
    Ok(0)
}

/// The write that seals a document's secrets with the active key; none where they are. It keeps the revision, because nothing that
/// anybody reads has changed: whoever holds it may still write on it.
fn anew(keyring: &Keyring, document: Document) -> Result<Option<Write>, StoreError> {
    let Document { key, revision, mut body, expires } = document;
    let Some(fields) = Fields::of(&key) else { return Ok(None) };
    let keys = keyring.to_seal();
    if !body::look(fields, &mut body).needs(&keys.active().id) {
        return Ok(None);
    }
    body::open(keyring, &key, fields, &mut body)?;
    body::seal(keys.active(), &key, fields, &mut body)?;
    let expect = Expect::Revision(revision.clone());
    Ok(Some(Write { key, body: Some(body), expect, expires, revision: Some(revision) }))
}
