//! How many tasks an owner has, and for how long.

use std::time::Duration;

use strowger_model::{Owner, time};
use strowger_store::{Batch, Expect, Kind, Revision, Scan, StoreExt, Upload, Write};

use super::{FileName, Task, TaskError, TaskId, Tasks, file};

/// Bounds of the tasks of one owner.
#[derive(Debug, Clone)]
pub struct TaskLimits {
    /// Bytes of a file.
    pub max_file_bytes: u64,
    /// Tasks that are kept; a further one takes the place of the oldest that is over.
    pub kept: usize,
    /// How long a task is kept that is over, or that nobody starts.
    pub retention: Duration,
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self { max_file_bytes: 2 << 30, kept: 100, retention: Duration::from_secs(30 * 86_400) }
    }
}

/// Makes room for one more task in the batch that makes it.
pub(super) async fn make_room(tasks: &Tasks, owner: Owner, batch: &mut Batch) -> Result<(), TaskError> {
    let stored = stored(tasks, owner).await?;
    let now = time::gregorian_now();
    let (outdated, current): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|(task, _)| is_outdated(task, now, tasks.limits.retention));
    let surplus = (current.len() + 1).saturating_sub(tasks.limits.kept);
    let over: Vec<_> = current.into_iter().filter(|(task, _)| task.status.is_final()).take(surplus).collect();
    if over.len() < surplus {
        return Err(TaskError::TooMany(tasks.limits.kept));
    }
    for (task, revision) in outdated.into_iter().chain(over) {
        remove(tasks, owner, &task, revision, batch).await?;
    }
    Ok(())
}

/// Removes the tasks that have been kept for long enough.
pub(super) async fn remove_outdated(tasks: &Tasks, owner: Owner) -> Result<u64, TaskError> {
    let now = time::gregorian_now();
    let mut removed = 0;
    for (task, revision) in stored(tasks, owner).await? {
        if is_outdated(&task, now, tasks.limits.retention) {
            let mut batch = Batch::default();
            remove(tasks, owner, &task, revision, &mut batch).await?;
            tasks.store.apply(batch).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Takes a task and its files away.
pub(super) async fn remove(
    tasks: &Tasks,
    owner: Owner,
    task: &Task,
    revision: Revision,
    batch: &mut Batch,
) -> Result<(), TaskError> {
    batch.writes.push(Write::delete(task.id.key(owner), Expect::Revision(revision)));
    for file in [FileName::Input, FileName::Error] {
        for (key, blob) in file::blobs(&*tasks.store, owner, &task.id.blobs(file)).await? {
            batch.writes.push(Write::delete(key, Expect::Anything));
            batch.discard.push(Upload { owner, id: blob.upload });
        }
    }
    Ok(())
}

/// Gives up staged rows that nobody will publish: of tasks that are over or gone. Answers how many runs that were.
pub(super) async fn discard_staged(tasks: &Tasks, owner: Owner) -> Result<u64, TaskError> {
    let mut discarded = 0;
    // In this order: whoever stages has a task by then, and one that is over stages no more.
    for staging in tasks.rows.stagings(owner).await? {
        let task = match staging.parse::<TaskId>() {
            Ok(id) => tasks.find(owner, &id).await.map(Some),
            Err(_) => Ok(None),
        };
        let is_wanted = match task {
            Ok(task) => task.is_some_and(|(task, _)| !task.status.is_final()),
            Err(TaskError::Unknown) => false,
            Err(error) => return Err(error),
        };
        if !is_wanted {
            discarded += tasks.rows.discard(owner, &staging).await?;
        }
    }
    Ok(discarded)
}

/// The oldest first.
async fn stored(tasks: &Tasks, owner: Owner) -> Result<Vec<(Task, Revision)>, TaskError> {
    let documents = tasks.store.collect(Scan::of(owner, Kind::Task)).await?;
    let read = documents.into_iter().map(|document| Ok((document.decode()?, document.revision)));
    read.collect()
}

fn is_outdated(task: &Task, now: i64, retention: Duration) -> bool {
    let since = task.end_timestamp.unwrap_or(task.created);
    let kept = i64::try_from(retention.as_secs()).unwrap_or(i64::MAX);
    task.status != super::Status::Executing && since.saturating_add(kept) < now
}
