//! Secrets at rest: a store whose secret fields lie sealed in the store below it.
//!
//! What is above sees plain bodies and no keys; what is below (files, backups, replicas, a Redis) sees no secret. Listings derive from
//! names and times, which are not sealed, so that they are the same on both sides.

mod body;
mod canary;
mod cipher;
mod error;
mod fields;
mod key_file;
mod keyring;
mod keys;
mod path;
mod reseal;
mod rotate;
mod survey;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use strowger_model::Owner;

use crate::{
    Batch, Changes, Direction, Document, Entry, History, Key, Lease, Mailbox, Name, Page, Position, Revision, Scan,
    Store, StoreError, Upload,
};
use fields::Fields;

pub use error::KeyringError;
pub use keyring::Keyring;
pub use reseal::Resealed;
pub use rotate::{Activate, OldKeys, Rotation, add_key, reseal, rotate};
pub use survey::{Survey, survey};

/// A store that seals the secret fields of bodies on their way in and opens them on their way out. Everything else passes through.
///
/// A secret that an older version stored in clear is read as it is, and sealed when its document is next written, or by [`reseal`].
/// One that cannot be opened is a [`StoreError::Fault`] that names the document and the field.
#[derive(Clone)]
pub struct SealedStore {
    below: Arc<dyn Store>,
    keyring: Arc<Keyring>,
}

impl SealedStore {
    /// The store above `below`.
    ///
    /// # Errors
    /// [`KeyringError::Foreign`] where the store's secrets are sealed with keys that are not in the keyring.
    pub async fn open(below: Arc<dyn Store>, keyring: Arc<Keyring>) -> Result<Arc<Self>, KeyringError> {
        canary::check(&*below, &keyring).await?;
        Ok(Arc::new(Self { below, keyring }))
    }

    fn opened(&self, mut document: Document) -> Result<Document, StoreError> {
        if let Some(fields) = Fields::of(&document.key) {
            body::open(&self.keyring, &document.key, fields, &mut document.body)?;
        }
        Ok(document)
    }

    fn sealed(&self, mut batch: Batch) -> Result<Batch, StoreError> {
        let mut keys = None;
        for write in &mut batch.writes {
            if let Some(fields) = Fields::of(&write.key)
                && let Some(body) = &mut write.body
            {
                let keys = keys.get_or_insert_with(|| self.keyring.to_seal());
                body::seal(keys.active(), &write.key, fields, body)?;
            }
        }
        Ok(batch)
    }
}

#[async_trait]
impl Store for SealedStore {
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        self.below.get(key).await?.map(|document| self.opened(document)).transpose()
    }

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        self.below.apply(self.sealed(batch)?).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Page { documents, next } = self.below.scan(scan).await?;
        let documents = documents.into_iter().map(|document| self.opened(document)).collect::<Result<_, _>>()?;
        Ok(Page { documents, next })
    }

    async fn owners(&self, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError> {
        self.below.owners(after, limit).await
    }

    fn changes(&self) -> Changes {
        self.below.changes()
    }

    async fn history(&self, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError> {
        self.below.history(owner, after, limit).await
    }

    async fn count(&self, counter: &Name, by: i64, lifetime: Option<Duration>) -> Result<i64, StoreError> {
        self.below.count(counter, by, lifetime).await
    }

    async fn acquire(&self, name: &Name, holder: &str, lifetime: Duration) -> Result<Option<Lease>, StoreError> {
        self.below.acquire(name, holder, lifetime).await
    }

    async fn renew(&self, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError> {
        self.below.renew(lease, lifetime).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.below.release(lease).await
    }

    async fn held(&self, name: &Name) -> Result<Option<Lease>, StoreError> {
        self.below.held(name).await
    }

    async fn append(&self, stream: &Name, entries: Vec<Value>, keep: usize) -> Result<Vec<Position>, StoreError> {
        self.below.append(stream, entries, keep).await
    }

    async fn append_at(&self, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError> {
        self.below.append_at(stream, entries).await
    }

    async fn read(
        &self,
        stream: &Name,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.below.read(stream, after, direction, limit).await
    }

    async fn streams(&self, owner: Owner, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        self.below.streams(owner, after, limit).await
    }

    async fn put_chunk(&self, upload: &Upload, index: u32, chunk: Bytes) -> Result<(), StoreError> {
        self.below.put_chunk(upload, index, chunk).await
    }

    async fn chunk(&self, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError> {
        self.below.chunk(upload, index).await
    }

    async fn post(&self, mailbox: &str, message: Bytes) -> Result<(), StoreError> {
        self.below.post(mailbox, message).await
    }

    async fn mailbox(&self, name: &str) -> Result<Mailbox, StoreError> {
        self.below.mailbox(name).await
    }

    fn is_shared(&self) -> bool {
        self.below.is_shared()
    }

    async fn close(&self) {
        self.below.close().await;
    }
}
