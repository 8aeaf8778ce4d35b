//! The embedded store: one `redb` file, one writer.

mod faults;
mod tables;
mod writer;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use redb::{Database, ReadableDatabase};
use strowger_model::Owner;
use tokio::sync::{broadcast, mpsc};

use crate::record::{decode, key_bytes, page, scan_range};
use crate::{Change, Cursor, Direction, Document, FEED_CAPACITY, Key, Kind, Page, Revision, Store, StoreError, Write};
use faults::fault;
use tables::DOCUMENTS;
use writer::{Commit, Writer};

/// Commits that may wait for the writer; further ones are answered [`StoreError::Overloaded`].
const QUEUE: usize = 1_024;

/// Documents in one file. Reads see what is durable; writes wait until they are.
pub struct RedbStore {
    database: Arc<Database>,
    changes: broadcast::Sender<Change>,
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

    /// Writes what is queued and stops; later commits are refused, reads go on.
    pub async fn close(&self) {
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            // Only a runtime that shuts down fails here, and then the writer ends by itself.
            let _ = tokio::task::spawn_blocking(move || writer.stop()).await;
        }
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

    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError> {
        let queue = self.queue.upgrade().ok_or_else(writer::closed)?;
        let (commit, answer) = Commit::new(writes);
        queue.try_send(commit).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => writer::closed(),
        })?;
        drop(queue);
        answer.await.map_err(|_| writer::closed())?
    }

    async fn scan(
        &self,
        owner: Owner,
        kind: Kind,
        from: Option<&Cursor>,
        direction: Direction,
        limit: usize,
    ) -> Result<Page, StoreError> {
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

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests;
