//! The embedded store: one `redb` file, one writer.

mod faults;
mod job;
mod tables;
mod transaction;
mod writer;

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use redb::{Database, ReadableDatabase};

use crate::StoreError;
use crate::clock::{Clock, Moment};
use crate::local::Local;
use crate::ordered::{Engine, Read, Transaction};
use faults::fault;
use job::job;
use transaction::Snapshot;
use writer::Writer;

/// Operations that may wait for the writer; further ones are answered [`StoreError::Overloaded`].
const QUEUE: usize = 1_024;

/// Everything in one file. Reads see what is durable; writes wait until they are.
pub struct RedbStore {
    database: Arc<Database>,
    local: Arc<Local>,
    clock: Clock,
    writer: Mutex<Option<Writer>>,
}

impl RedbStore {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it open, [`StoreError::Fault`] where it cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Arc<Self>, StoreError> {
        Self::open_with_clock(path.as_ref(), Clock::default())
    }

    pub(crate) fn open_with_clock(path: &Path, clock: Clock) -> Result<Arc<Self>, StoreError> {
        let database = Arc::new(tables::open(path)?);
        let local = Arc::new(Local::new());
        let writer = Writer::start(database.clone(), local.clone(), clock.clone(), QUEUE)?;
        Ok(Arc::new(Self { database, local, clock, writer: Mutex::new(Some(writer)) }))
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.get_mut().take() {
            writer.stop();
        }
    }
}

impl Engine for RedbStore {
    // A read is microseconds of mapped or cached pages, less than a hop to another thread costs.
    fn view<T>(&self, work: impl FnOnce(&dyn Read, Moment) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let snapshot = Snapshot::of(self.database.begin_read().map_err(fault)?);
        work(&snapshot, self.clock.now())
    }

    async fn perform<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction, Moment) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, outcome) = job(work);
        match self.writer.lock().as_ref() {
            Some(writer) => writer.queue(job)?,
            None => return Err(StoreError::closed()),
        }
        outcome.await.map_err(|_| StoreError::closed())?
    }

    fn local(&self) -> &Local {
        &self.local
    }

    fn shared(&self) -> bool {
        false
    }

    async fn finish(&self) {
        let writer = self.writer.lock().take();
        if let Some(writer) = writer {
            // Only a runtime that shuts down fails here, and then the writer ends by itself.
            let _ = tokio::task::spawn_blocking(move || writer.stop()).await;
        }
    }
}

#[cfg(test)]
mod tests;
