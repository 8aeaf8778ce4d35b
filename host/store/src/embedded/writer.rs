//! The one writer. What waits is written in one transaction, so that many commits share one sync to the disk.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use redb::{Database, ReadableTable, Table, WriteTransaction};
use tokio::sync::{broadcast, mpsc, oneshot};

use super::faults::fault;
use super::tables::{DOCUMENTS, META, SEQUENCE};
use crate::stage::stage;
use crate::{Change, Notice, Revision, StoreError, Write};

/// Most commits that share one transaction: bounds what one failed sync takes with it.
const GROUP: usize = 256;

type Outcome = Result<Vec<Option<Revision>>, StoreError>;

/// One batch and who waits for it.
pub(super) struct Commit {
    writes: Vec<Write>,
    reply: oneshot::Sender<Outcome>,
}

impl Commit {
    pub(super) fn new(writes: Vec<Write>) -> (Self, oneshot::Receiver<Outcome>) {
        let (reply, answer) = oneshot::channel();
        (Self { writes, reply }, answer)
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unreachable("it is closed".into())
}

/// The writer's thread and the only strong end of its queue: when this goes, the thread drains the queue and ends.
pub(super) struct Writer {
    pub(super) queue: mpsc::Sender<Commit>,
    thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(
        database: Arc<Database>,
        changes: broadcast::Sender<Notice>,
        capacity: usize,
    ) -> Result<Self, StoreError> {
        let (queue, commits) = mpsc::channel(capacity);
        let work = move || run(&database, &changes, commits);
        let thread = Builder::new().name("store-writer".into()).spawn(work);
        let thread = thread.map_err(|error| StoreError::Fault(format!("no thread for the writer: {error}")))?;
        Ok(Self { queue, thread })
    }

    pub(super) fn stop(self) {
        drop(self.queue);
        if self.thread.join().is_err() {
            tracing::error!("the store's writer had panicked");
        }
    }
}

fn run(database: &Database, changes: &broadcast::Sender<Notice>, mut commits: mpsc::Receiver<Commit>) {
    let mut group = Vec::with_capacity(GROUP);
    while let Some(first) = commits.blocking_recv() {
        group.push(first);
        while group.len() < GROUP
            && let Ok(next) = commits.try_recv()
        {
            group.push(next);
        }
        write_group(database, changes, &mut group);
    }
}

fn write_group(database: &Database, changes: &broadcast::Sender<Notice>, group: &mut Vec<Commit>) {
    let (batches, replies): (Vec<_>, Vec<_>) = group.drain(..).map(|commit| (commit.writes, commit.reply)).unzip();
    match apply(database, batches) {
        Ok((outcomes, feed)) => {
            // A receiver that is told of a change must find it: both follow the sync.
            for change in feed {
                let _ = changes.send(Notice::Changed(change));
            }
            for (reply, outcome) in replies.into_iter().zip(outcomes) {
                let _ = reply.send(outcome);
            }
        }
        Err(error) => {
            tracing::error!(%error, "the store could not write");
            for reply in replies {
                let _ = reply.send(Err(error.clone()));
            }
        }
    }
}

/// Writes a group. The outer error is the disk's and nothing was written; an inner one is that batch's own.
fn apply(database: &Database, batches: Vec<Vec<Write>>) -> Result<(Vec<Outcome>, Vec<Change>), StoreError> {
    let transaction = database.begin_write().map_err(fault)?;
    let mut feed = Vec::new();
    let outcomes = write_batches(&transaction, batches, &mut feed)?;
    // A group of conflicts has nothing to sync.
    if feed.is_empty() {
        transaction.abort().map_err(fault)?;
    } else {
        transaction.commit().map_err(fault)?;
    }
    Ok((outcomes, feed))
}

fn write_batches(
    transaction: &WriteTransaction,
    batches: Vec<Vec<Write>>,
    feed: &mut Vec<Change>,
) -> Result<Vec<Outcome>, StoreError> {
    let mut documents = transaction.open_table(DOCUMENTS).map_err(fault)?;
    let mut meta = transaction.open_table(META).map_err(fault)?;
    let mut sequence = meta.get(SEQUENCE).map_err(fault)?.map_or(0, |sequence| sequence.value());
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches {
        outcomes.push(write_batch(&mut documents, batch, &mut sequence, feed)?);
    }
    meta.insert(SEQUENCE, sequence).map_err(fault)?;
    Ok(outcomes)
}

fn write_batch(
    documents: &mut Table<'_, &'static [u8], &'static [u8]>,
    batch: Vec<Write>,
    sequence: &mut u64,
    feed: &mut Vec<Change>,
) -> Result<Outcome, StoreError> {
    let read = |key: &[u8]| Ok(documents.get(key).map_err(fault)?.map(|record| record.value().to_vec()));
    let staged = match stage(batch, read) {
        Ok(staged) => staged,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut revisions = Vec::with_capacity(staged.len());
    for write in staged {
        match write.record {
            Some(record) => documents.insert(write.key_bytes.as_slice(), record.as_slice()).map_err(fault).map(drop)?,
            None => documents.remove(write.key_bytes.as_slice()).map_err(fault).map(drop)?,
        }
        revisions.push(write.revision.clone());
        if write.changes {
            *sequence += 1;
            feed.push(Change { sequence: *sequence, key: write.key, revision: write.revision });
        }
    }
    Ok(Ok(revisions))
}
