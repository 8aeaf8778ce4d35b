//! The one writer. What waits is written in one transaction, so that many operations share one sync to the disk.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, WriteTransaction};

use super::faults::fault;
use super::job::Job;
use super::transaction::{Group, Snapshot};
use crate::clock::Clock;
use crate::local::Local;
use crate::ordered::{is_due, sweep};
use crate::{Notice, StoreError};

/// Most operations that share one transaction: bounds what one failed sync takes with it.
const GROUP: usize = 256;

/// How often what is over is looked for.
const SWEEP_EVERY: Duration = Duration::from_millis(500);

/// What one look removes.
const SWEPT: usize = 256;

/// The writer's thread and the only sending end of its queue: when this goes, the thread drains the queue and ends.
pub(super) struct Writer {
    jobs: SyncSender<Box<dyn Job>>,
    thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(
        database: Arc<Database>,
        local: Arc<Local>,
        clock: Clock,
        capacity: usize,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::sync_channel(capacity);
        let mut work = Work { database, local, clock, next_sweep: Instant::now() };
        let thread = Builder::new().name("store-writer".into()).spawn(move || work.run(&queue));
        let thread = thread.map_err(|error| StoreError::Fault(format!("no thread for the writer: {error}")))?;
        Ok(Self { jobs, thread })
    }

    pub(super) fn queue(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => StoreError::closed(),
        })
    }

    pub(super) fn stop(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            tracing::error!("the store's writer had panicked");
        }
    }
}

struct Work {
    database: Arc<Database>,
    local: Arc<Local>,
    clock: Clock,
    next_sweep: Instant,
}

impl Work {
    fn run(&mut self, queue: &Receiver<Box<dyn Job>>) {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            match queue.recv_timeout(self.next_sweep.saturating_duration_since(Instant::now())) {
                Ok(first) => group.extend(std::iter::once(first).chain(queue.try_iter()).take(GROUP)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.write(&mut group);
        }
    }

    /// Writes a group, and what is over with it.
    fn write(&mut self, group: &mut Vec<Box<dyn Job>>) {
        let sweeps = Instant::now() >= self.next_sweep && self.is_sweep_due();
        if group.is_empty() && !sweeps {
            return;
        }
        let written = self.transact(group, sweeps);
        if let Err(error) = &written {
            tracing::error!(%error, "the store could not write");
        }
        // A receiver that is told of a change must find it: both follow the sync.
        let written = written.map(|notices| self.local.tell(notices));
        for job in group.drain(..) {
            job.finish(written.clone());
        }
    }

    fn is_sweep_due(&mut self) -> bool {
        self.next_sweep = Instant::now() + SWEEP_EVERY;
        let read = self.database.begin_read().map_err(fault);
        let due = read.and_then(|read| is_due(&Snapshot::of(read), self.clock.now()));
        due.unwrap_or_else(|error| {
            tracing::error!(%error, "the store cannot see what is over");
            false
        })
    }

    fn transact(&mut self, group: &mut [Box<dyn Job>], sweeps: bool) -> Result<Vec<Notice>, StoreError> {
        let transaction = self.database.begin_write().map_err(fault)?;
        let (writes, notices) = self.run_all(&transaction, group, sweeps)?;
        // A group of refusals has nothing to sync.
        if writes == 0 {
            transaction.abort().map_err(fault)?;
        } else {
            transaction.commit().map_err(fault)?;
        }
        Ok(notices)
    }

    fn run_all(
        &mut self,
        transaction: &WriteTransaction,
        jobs: &mut [Box<dyn Job>],
        sweeps: bool,
    ) -> Result<(usize, Vec<Notice>), StoreError> {
        let mut group = Group::of(transaction);
        let now = self.clock.now();
        if sweeps && sweep(&mut group, now, SWEPT)? {
            self.next_sweep = Instant::now();
        }
        for job in jobs {
            let before = group.writes;
            if let Err(error) = job.run(&mut group, now)
                && group.writes != before
            {
                // It was not refused but broke off, and the group cannot be told from its part.
                return Err(error);
            }
        }
        Ok((group.writes, group.notices))
    }
}
