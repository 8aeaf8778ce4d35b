//! A file on its way in.

use std::sync::Arc;

use bytes::BytesMut;
use strowger_model::{Owner, time};
use strowger_store::{Author, Batch, Blob, CHUNK, Expect, Revision, Store, StoreError, Upload};

use super::document::{Extent, Progress};
use super::file::FileWriter;
use super::{FileName, Request, Status, Task, TaskError, TaskId, Tasks, kept};
use crate::JobId;
use crate::table::{Count, Counted};

/// A task whose file arrives. Where it is dropped, nothing is left of it.
pub struct Intake {
    tasks: Tasks,
    owner: Owner,
    id: TaskId,
    request: Request,
    file: FileWriter,
    size: u64,
    /// What is looked at together, once there is enough.
    waiting: BytesMut,
    count: Count,
}

impl Intake {
    pub(super) fn new(tasks: Tasks, owner: Owner, request: Request) -> Self {
        let id = TaskId::next();
        let file = FileWriter::new(&tasks.store, owner, &id, FileName::Input, 0);
        let count = Count::new(request.action.columns());
        Self { tasks, owner, id, request, file, size: 0, waiting: BytesMut::new(), count }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`TaskError::TooLarge`], [`TaskError::File`] and the store's. The task will not be made.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), TaskError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.tasks.limits.max_file_bytes {
            return Err(TaskError::TooLarge(self.tasks.limits.max_file_bytes));
        }
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < CHUNK { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<(), TaskError> {
        let bytes = self.waiting.split().freeze();
        let (mut count, seen) = (std::mem::replace(&mut self.count, Count::new(&[])), bytes.clone());
        // Off the threads that calls run on.
        let counting = tokio::task::spawn_blocking(move || count.add(&seen).map(|()| count));
        let (counted, written) = tokio::join!(counting, self.file.write(&bytes));
        self.count = counted.map_err(|_| TaskError::Interrupted)??;
        Ok(written?)
    }

    /// Makes the task, as that author's.
    ///
    /// # Errors
    /// [`TaskError`]; then there is none.
    pub async fn finish(mut self, author: Option<Author>) -> Result<(Task, Revision), TaskError> {
        if let Err(error) = self.flush().await {
            self.abandon().await;
            return Err(error);
        }
        let (store, arrived) = (Arc::clone(&self.tasks.store), self.file.abandoned());
        let made = self.commit(author).await;
        if made.is_err() {
            abandon(&*store, arrived).await;
        }
        made
    }

    async fn commit(self, author: Option<Author>) -> Result<(Task, Revision), TaskError> {
        let Self { tasks, owner, id, request, file, count, .. } = self;
        let counted = count.finish()?;
        if counted.records == 0 {
            return Err(TaskError::NoRows);
        }
        let mut batch = Batch::default().by(author);
        kept::make_room(&tasks, owner, &mut batch).await?;
        let input = file.finish().await?.into_batch(&mut batch);
        let task = task(id, request, counted, input);
        batch.writes.insert(0, task.write(owner, Expect::Absent));
        let revisions = tasks.store.apply(batch).await?;
        let revision = revisions.into_iter().next().flatten();
        Ok((task, revision.ok_or_else(|| StoreError::Fault("a put answered no revision".into()))?))
    }

    /// Takes away at once what has arrived; otherwise it goes within the hour.
    pub async fn abandon(self) {
        abandon(&*self.tasks.store, self.file.abandoned()).await;
    }
}

async fn abandon(store: &dyn Store, discard: Vec<Upload>) {
    if let Err(error) = store.apply(Batch { discard, ..Batch::default() }).await {
        tracing::warn!(%error, "a broken upload was not taken away");
    }
}

fn task(id: TaskId, request: Request, counted: Counted, input: Vec<Blob>) -> Task {
    let Counted { columns, rows, records } = counted;
    Task {
        id,
        request,
        status: Status::Pending,
        total_count: records,
        success_count: 0,
        failure_count: 0,
        published: None,
        created: time::gregorian_now(),
        start_timestamp: None,
        end_timestamp: None,
        node: None,
        reason: None,
        columns,
        job: JobId::random(),
        input,
        error_file: Extent::default(),
        progress: Progress { position: rows, staged: 0, is_publishing: false, listed: 0 },
    }
}
