//! The embedded store: one `redb` file, one writer.

mod faults;
mod tables;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use redb::{Database, ReadableDatabase};
use serde_json::Value;
use strowger_model::Owner;
use tokio::sync::{broadcast, mpsc};

use crate::record::{decode, key_bytes, page, scan_range};
use crate::{
    Batch, Changes, Direction, Document, Entry, FEED_CAPACITY, History, Key, Lease, Mailbox, Name, Notice, Page,
    Position, Revision, Scan, Store, StoreError, Upload,
};
use faults::fault;
use tables::DOCUMENTS;
use writer::{Commit, Writer};

/// Commits that may wait for the writer; further ones are answered [`StoreError::Overloaded`].
const QUEUE: usize = 1_024;

/// Documents in one file. Reads see what is durable; writes wait until they are.
pub struct RedbStore {
    database: Arc<Database>,
    changes: broadcast::Sender<Notice>,
    writer: Mutex<Option<Writer>>,
    queue: mpsc::WeakSender<Commit>,
}

impl RedbStore {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it open, [`StoreError::Fault`] where it cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Arc<Self>, StoreError> {
        let database = Arc::new(tables::open(path.as_ref())?);
        let changes = broadcast::channel(FEED_CAPACITY).0;
        let writer = Writer::start(database.clone(), changes.clone(), QUEUE)?;
        let queue = writer.queue.downgrade();
        Ok(Arc::new(Self { database, changes, writer: Mutex::new(Some(writer)), queue }))
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.get_mut().take() {
            writer.stop();
        }
    }
}

#[async_trait]
impl Store for RedbStore {
    // A read is microseconds of mapped or cached pages, less than a hop to another thread costs.
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        let table = self.database.begin_read().map_err(fault)?.open_table(DOCUMENTS).map_err(fault)?;
        let record = table.get(key_bytes(key)?.as_slice()).map_err(fault)?;
        record.map(|record| decode(key.clone(), record.value())).transpose()
    }

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        batch.owner()?;
        let queue = self.queue.upgrade().ok_or_else(writer::closed)?;
        let (commit, answer) = Commit::new(batch.writes);
        queue.try_send(commit).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => writer::closed(),
        })?;
        drop(queue);
        answer.await.map_err(|_| writer::closed())?
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Scan { owner, kind, direction, limit, .. } = *scan;
        let from = scan.after.as_ref();
        let table = self.database.begin_read().map_err(fault)?.open_table(DOCUMENTS).map_err(fault)?;
        let range = scan_range(owner, kind, from, direction);
        let entries = table.range(range.start.as_slice()..range.end.as_slice()).map_err(fault)?;
        let entries = entries.map(|entry| {
            let (key, record) = entry.map_err(fault)?;
            Ok((key.value().to_vec(), record.value().to_vec()))
        });
        match direction {
            Direction::Ascending => page(owner, kind, entries, limit),
            Direction::Descending => page(owner, kind, entries.rev(), limit),
        }
    }

    async fn owners(&self, _: Option<Owner>, _: usize) -> Result<Vec<Owner>, StoreError> {
        not_built()
    }

    fn changes(&self) -> Changes {
        Changes::new(self.changes.subscribe())
    }

    async fn history(&self, _: Owner, _: Option<u64>, _: usize) -> Result<History, StoreError> {
        not_built()
    }

    async fn count(&self, _: &Name, _: i64, _: Option<Duration>) -> Result<i64, StoreError> {
        not_built()
    }

    async fn acquire(&self, _: &Name, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        not_built()
    }

    async fn renew(&self, _: &Lease, _: Duration) -> Result<bool, StoreError> {
        not_built()
    }

    async fn release(&self, _: &Lease) -> Result<(), StoreError> {
        not_built()
    }

    async fn held(&self, _: &Name) -> Result<Option<Lease>, StoreError> {
        not_built()
    }

    async fn append(&self, _: &Name, _: Vec<Value>, _: usize) -> Result<Vec<Position>, StoreError> {
        not_built()
    }

    async fn read(&self, _: &Name, _: Option<Position>, _: Direction, _: usize) -> Result<Vec<Entry>, StoreError> {
        not_built()
    }

    async fn streams(&self, _: Owner, _: Option<&str>, _: usize) -> Result<Vec<String>, StoreError> {
        not_built()
    }

    async fn put_chunk(&self, _: &Upload, _: u32, _: Bytes) -> Result<(), StoreError> {
        not_built()
    }

    async fn chunk(&self, _: &Upload, _: u32) -> Result<Option<Bytes>, StoreError> {
        not_built()
    }

    async fn post(&self, _: &str, _: Bytes) -> Result<(), StoreError> {
        not_built()
    }

    async fn mailbox(&self, _: &str) -> Result<Mailbox, StoreError> {
        not_built()
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn close(&self) {
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            // Only a runtime that shuts down fails here, and then the writer ends by itself.
            let _ = tokio::task::spawn_blocking(move || writer.stop()).await;
        }
    }
}

fn not_built<T>() -> Result<T, StoreError> {
    Err(StoreError::Fault("not built".into()))
}

#[cfg(test)]
mod tests;
