//! The trait, over any engine.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use strowger_model::Owner;

use crate::{
    Batch, Changes, Direction, Document, Entry, History, Key, Lease, MAX_BATCH, Mailbox, Name, Page, Position,
    Revision, Scan, Store, StoreError, Upload, bounds,
};

use super::{Engine, apply::apply, chunks, counters, documents, feed, leases, owners, prepare::prepare, streams};

#[async_trait]
impl<E: Engine> Store for E {
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        bounds::id(&key.id)?;
        self.view(|read, now| documents::get(read, key, now))
    }

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        let Some(batch) = prepare(batch)? else { return Ok(Vec::new()) };
        self.perform(|transaction, now| apply(transaction, batch, now)).await
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.view(|read, now| documents::scan(read, scan, now))
    }

    async fn owners(&self, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError> {
        self.view(|read, _| owners::owners(read, after, limit))
    }

    fn changes(&self) -> Changes {
        self.local().changes()
    }

    async fn history(&self, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError> {
        self.view(|read, _| feed::history(read, owner, after, limit))
    }

    async fn count(&self, counter: &Name, by: i64, lifetime: Option<Duration>) -> Result<i64, StoreError> {
        bounds::name(counter)?;
        let counter = counter.clone();
        self.perform(move |transaction, now| counters::count(transaction, &counter, by, lifetime, now)).await
    }

    async fn acquire(&self, name: &Name, holder: &str, lifetime: Duration) -> Result<Option<Lease>, StoreError> {
        bounds::name(name)?;
        bounds::holder(holder)?;
        let (name, holder) = (name.clone(), holder.to_owned());
        self.perform(move |transaction, now| leases::acquire(transaction, &name, holder, lifetime, now)).await
    }

    async fn renew(&self, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError> {
        let lease = lease.clone();
        self.perform(move |transaction, now| leases::renew(transaction, &lease, lifetime, now)).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = lease.clone();
        self.perform(move |transaction, _| leases::release(transaction, &lease)).await
    }

    async fn held(&self, name: &Name) -> Result<Option<Lease>, StoreError> {
        self.view(|read, now| leases::held(read, name, now))
    }

    async fn append(&self, stream: &Name, entries: Vec<Value>, keep: usize) -> Result<Vec<Position>, StoreError> {
        bounds::name(stream)?;
        if entries.len() > MAX_BATCH {
            return Err(StoreError::Fault(format!("at most {MAX_BATCH} entries are appended at once")));
        }
        let bodies = entries.iter().map(bounds::body).collect::<Result<Vec<_>, _>>()?;
        let stream = stream.clone();
        self.perform(move |transaction, now| streams::append(transaction, &stream, bodies, keep, now)).await
    }

    async fn append_at(&self, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError> {
        bounds::name(stream)?;
        if entries.len() > MAX_BATCH {
            return Err(StoreError::Fault(format!("at most {MAX_BATCH} entries are appended at once")));
        }
        let entries = entries.iter().map(|entry| Ok((entry.position, bounds::body(&entry.body)?)));
        let entries = entries.collect::<Result<Vec<_>, StoreError>>()?;
        let stream = stream.clone();
        self.perform(move |transaction, _| streams::append_at(transaction, &stream, entries)).await
    }

    async fn read(
        &self,
        stream: &Name,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.view(|read, _| streams::read(read, stream, after, direction, limit))
    }

    async fn streams(&self, owner: Owner, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        self.view(|read, _| streams::names(read, owner, after, limit))
    }

    async fn put_chunk(&self, upload: &Upload, index: u32, chunk: Bytes) -> Result<(), StoreError> {
        bounds::upload(upload)?;
        bounds::chunk(index, &chunk)?;
        let upload = upload.clone();
        self.perform(move |transaction, now| chunks::put(transaction, &upload, index, &chunk, now)).await
    }

    async fn chunk(&self, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError> {
        let chunk = self.view(|read, now| chunks::get(read, upload, index, now))?;
        Ok(chunk.map(Bytes::from))
    }

    async fn post(&self, mailbox: &str, message: Bytes) -> Result<(), StoreError> {
        bounds::mailbox(mailbox)?;
        bounds::message(&message)?;
        self.local().deliver(mailbox, &message);
        Ok(())
    }

    async fn mailbox(&self, name: &str) -> Result<Mailbox, StoreError> {
        bounds::mailbox(name)?;
        Ok(self.local().open(name))
    }

    fn is_shared(&self) -> bool {
        self.shared()
    }

    async fn close(&self) {
        self.finish().await;
        self.local().close();
    }
}
