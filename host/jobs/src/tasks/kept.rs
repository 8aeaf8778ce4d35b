//! How many tasks an owner has, and for how long.

use std::time::Duration;

use strowger_model::{Owner, time};
use strowger_store::{Batch, Expect, Kind, Revision, Scan, StoreExt, Upload, Write};

use super::{FileName, Task, TaskError, Tasks};

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
    outdated.into_iter().chain(over).for_each(|(task, revision)| remove(owner, &task, revision, batch));
    Ok(())
}

/// Removes the tasks that have been kept for long enough.
pub(super) async fn remove_outdated(tasks: &Tasks, owner: Owner) -> Result<u64, TaskError> {
    let now = time::gregorian_now();
    let mut removed = 0;
    for (task, revision) in stored(tasks, owner).await? {
        if is_outdated(&task, now, tasks.limits.retention) {
            let mut batch = Batch::default();
            remove(owner, &task, revision, &mut batch);
            tasks.store.apply(batch).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Takes a task and its files away.
pub(super) fn remove(owner: Owner, task: &Task, revision: Revision, batch: &mut Batch) {
    batch.writes.push(Write::delete(task.id.key(owner), Expect::Revision(revision)));
    for file in [FileName::Input, FileName::Error] {
        for (index, blob) in task.blobs(file).iter().enumerate() {
            batch.writes.push(Write::delete(task.id.blob(owner, file, index), Expect::Anything));
            batch.discard.push(Upload { owner, id: blob.upload.clone() });
        }
    }
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
