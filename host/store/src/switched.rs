//! A store that can be away, for tests of what is built on the trait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use strowger_model::Owner;

use crate::{
    Batch, Changes, Direction, Document, Entry, History, Key, Lease, Mailbox, Name, Page, Position, Revision, Scan,
    Store, StoreError, Upload,
};

/// One process's way to a store, which a test cuts and mends. What other processes change is heard of all the same.
pub struct SwitchedStore {
    store: Arc<dyn Store>,
    is_away: AtomicBool,
}

impl SwitchedStore {
    /// A way to that store, which is there.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, is_away: AtomicBool::new(false) })
    }

    /// Cuts the way, or mends it.
    pub fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Release);
    }

    fn reach(&self) -> Result<&dyn Store, StoreError> {
        match self.is_away.load(Ordering::Acquire) {
            true => Err(StoreError::Unreachable("switched off".into())),
            false => Ok(&*self.store),
        }
    }
}

#[async_trait]
impl Store for SwitchedStore {
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        self.reach()?.get(key).await
    }

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        self.reach()?.apply(batch).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.reach()?.scan(scan).await
    }

    async fn owners(&self, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError> {
        self.reach()?.owners(after, limit).await
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }

    async fn history(&self, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError> {
        self.reach()?.history(owner, after, limit).await
    }

    async fn count(&self, counter: &Name, by: i64, lifetime: Option<Duration>) -> Result<i64, StoreError> {
        self.reach()?.count(counter, by, lifetime).await
    }

    async fn acquire(&self, name: &Name, holder: &str, lifetime: Duration) -> Result<Option<Lease>, StoreError> {
        self.reach()?.acquire(name, holder, lifetime).await
    }

    async fn renew(&self, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError> {
        self.reach()?.renew(lease, lifetime).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.reach()?.release(lease).await
    }

    async fn held(&self, name: &Name) -> Result<Option<Lease>, StoreError> {
        self.reach()?.held(name).await
    }

    async fn append(&self, stream: &Name, entries: Vec<Value>, keep: usize) -> Result<Vec<Position>, StoreError> {
        self.reach()?.append(stream, entries, keep).await
    }

    async fn append_at(&self, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError> {
        self.reach()?.append_at(stream, entries).await
    }

    async fn read(
        &self,
        stream: &Name,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.reach()?.read(stream, after, direction, limit).await
    }

    async fn streams(&self, owner: Owner, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        self.reach()?.streams(owner, after, limit).await
    }

    async fn put_chunk(&self, upload: &Upload, index: u32, chunk: Bytes) -> Result<(), StoreError> {
        self.reach()?.put_chunk(upload, index, chunk).await
    }

    async fn chunk(&self, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError> {
        self.reach()?.chunk(upload, index).await
    }

    async fn post(&self, mailbox: &str, message: Bytes) -> Result<(), StoreError> {
        self.reach()?.post(mailbox, message).await
    }

    async fn mailbox(&self, name: &str) -> Result<Mailbox, StoreError> {
        self.reach()?.mailbox(name).await
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    async fn close(&self) {
        self.store.close().await;
    }
}
