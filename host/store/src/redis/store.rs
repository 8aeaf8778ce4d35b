//! The trait.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use strowger_model::Owner;

use super::shared::unique;
use super::{RedisStore, chunks, counters, documents, feed, leases, mailboxes, owners, streams};
use crate::{
    Batch, Changes, Direction, Document, Entry, History, Key, Lease, Mailbox, Name, Page, Position, Revision, Scan,
    Store, StoreError, Upload, bounds,
};

/// How long the end waits for what is under way.
const ENDING: Duration = Duration::from_secs(10);

#[async_trait]
impl Store for RedisStore {
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        bounds::id(&key.id)?;
        self.shared.watch(key.owner).await?;
        documents::get(&self.shared.link, &self.shared.keys, key).await
    }

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        self.shared.commit(batch).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.shared.watch(scan.owner).await?;
        documents::scan(&self.shared.link, &self.shared.keys, scan).await
    }

    async fn owners(&self, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError> {
        owners::list(&self.shared.link, &self.shared.keys, after, limit).await
    }

    fn changes(&self) -> Changes {
        self.shared.hearing.local.changes()
    }

    async fn history(&self, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError> {
        feed::history(&self.shared.link, &self.shared.keys, owner, after, limit).await
    }

    async fn count(&self, counter: &Name, by: i64, lifetime: Option<Duration>) -> Result<i64, StoreError> {
        bounds::name(counter)?;
        self.shared.register(counter.owner).await?;
        counters::count(&self.shared.link, &self.shared.keys, &unique(), counter, by, lifetime).await
    }

    async fn acquire(&self, name: &Name, holder: &str, lifetime: Duration) -> Result<Option<Lease>, StoreError> {
        bounds::name(name)?;
        self.shared.register(name.owner).await?;
        leases::acquire(&self.shared.link, &self.shared.keys, name, holder, lifetime).await
    }

    async fn renew(&self, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError> {
        leases::renew(&self.shared.link, &self.shared.keys, lease, lifetime).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        leases::release(&self.shared.link, &self.shared.keys, lease).await
    }

    async fn held(&self, name: &Name) -> Result<Option<Lease>, StoreError> {
        leases::held(&self.shared.link, &self.shared.keys, name).await
    }

    async fn append(&self, stream: &Name, entries: Vec<Value>, keep: usize) -> Result<Vec<Position>, StoreError> {
        bounds::name(stream)?;
        self.shared.register(stream.owner).await?;
        streams::append(&self.shared.link, &self.shared.keys, &unique(), stream, entries, keep).await
    }

    async fn append_at(&self, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError> {
        bounds::name(stream)?;
        self.shared.register(stream.owner).await?;
        streams::append_at(&self.shared.link, &self.shared.keys, stream, entries).await
    }

    async fn read(
        &self,
        stream: &Name,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        streams::read(&self.shared.link, &self.shared.keys, stream, after, direction, limit).await
    }

    async fn streams(&self, owner: Owner, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        streams::names(&self.shared.link, &self.shared.keys, owner, after, limit).await
    }

    async fn put_chunk(&self, upload: &Upload, index: u32, chunk: Bytes) -> Result<(), StoreError> {
        bounds::upload(upload)?;
        self.shared.register(upload.owner).await?;
        chunks::put(&self.shared.link, &self.shared.keys, upload, index, &chunk).await
    }

    async fn chunk(&self, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError> {
        chunks::get(&self.shared.link, &self.shared.keys, upload, index).await
    }

    async fn post(&self, mailbox: &str, message: Bytes) -> Result<(), StoreError> {
        bounds::mailbox(mailbox)?;
        bounds::message(&message)?;
        mailboxes::post(&self.shared, mailbox, &rand::random(), &message).await
    }

    async fn mailbox(&self, name: &str) -> Result<Mailbox, StoreError> {
        bounds::mailbox(name)?;
        mailboxes::open(&self.shared, &self.opened, name).await
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn close(&self) {
        self.shared.link.close(ENDING).await;
        self.tasks.lock().abort_all();
        self.shared.hearing.local.close();
    }
}
