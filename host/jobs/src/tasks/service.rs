//! What can be done with tasks.

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde_json::json;
use strowger_model::{Owner, time};
use strowger_rows::SelectorRows;
use strowger_store::{Author, Batch, BlobError, Document, Expect, Revision, Store, StoreError};

use super::run::{self, Order};
use super::{FileName, Intake, Request, Status, Task, TaskError, TaskId, TaskLimits, file, kept};
use crate::{Job, State, job};

/// Times that a change is made anew on a newer revision.
const ATTEMPTS: usize = 8;

/// Who starts or stops a task: in the words of its owner's audit, and of the installation's, whose the job is.
#[derive(Debug, Clone, Default)]
pub struct Authors {
    /// Of what is the owner's.
    pub own: Option<Author>,
    /// Of the job.
    pub job: Option<Author>,
}

/// The tasks of all owners.
#[derive(Clone)]
pub struct Tasks {
    pub(super) store: Arc<dyn Store>,
    pub(super) rows: SelectorRows,
    pub(super) limits: TaskLimits,
}

impl Tasks {
    /// Tasks about these rows, which lie in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, rows: SelectorRows, limits: TaskLimits) -> Self {
        Self { store, rows, limits }
    }

    /// Their bounds.
    #[must_use]
    pub fn limits(&self) -> &TaskLimits {
        &self.limits
    }

    /// Begins a task, whose file is to be written.
    #[must_use]
    pub fn take(&self, owner: Owner, request: Request) -> Intake {
        Intake::new(self.clone(), owner, request)
    }

    /// A task. One whose job was given up has failed.
    ///
    /// # Errors
    /// [`TaskError::Unknown`], and the store's.
    pub async fn find(&self, owner: Owner, id: &TaskId) -> Result<(Task, Revision), TaskError> {
        let (task, revision) = self.read(owner, id).await?;
        if task.status != Status::Executing {
            return Ok((task, revision));
        }
        let job = job::find(&*self.store, task.job).await?;
        match job.filter(|job| job.state != State::Failed) {
            Some(_) => Ok((task, revision)),
            None => self.given_up(owner, id).await,
        }
    }

    async fn read(&self, owner: Owner, id: &TaskId) -> Result<(Task, Revision), TaskError> {
        let document: Document = self.store.get(&id.key(owner)).await?.ok_or(TaskError::Unknown)?;
        Ok((document.decode()?, document.revision))
    }

    async fn given_up(&self, owner: Owner, id: &TaskId) -> Result<(Task, Revision), TaskError> {
        let ended = self.change(owner, id, None, |task| match task.status {
            Status::Executing => {
                task.reason = Some("its job was given up".into());
                task.end(Status::InternalError);
                Ok(())
            }
            status => Err(TaskError::Status(status)),
        });
        match ended.await {
            Ok(outcome) => Ok(outcome),
            // It has ended in between.
            Err(TaskError::Status(_)) => self.read(owner, id).await,
            Err(error) => Err(error),
        }
    }

    /// Starts a task that waits.
    ///
    /// # Errors
    /// [`TaskError::Status`] where it does not, [`TaskError::Unknown`], and the store's.
    pub async fn start(&self, owner: Owner, id: &TaskId, authors: Authors) -> Result<(Task, Revision), TaskError> {
        let (task, _) = self.read(owner, id).await?;
        if task.status != Status::Pending {
            return Err(TaskError::Status(task.status));
        }
        // The job is there before the task says that it runs: no task runs for ever without one.
        let order = Order::new(id.clone(), authors.own.as_ref());
        let job = Job { id: task.job, ..Job::new(run::NAME, owner.account(), json!(order)) };
        match self.store.apply(Batch::of(vec![job.enqueue()]).by(authors.job)).await {
            // An earlier start was cut off after that.
            Ok(_) | Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let started = self.change(owner, id, authors.own, |task| match task.status {
            Status::Pending => {
                task.status = Status::Executing;
                task.start_timestamp = Some(time::gregorian_now());
                Ok(())
            }
            status => Err(TaskError::Status(status)),
        });
        match started.await {
            // The worker was faster.
            Err(TaskError::Status(Status::Executing | Status::Success | Status::Partial | Status::Failure)) => {
                self.read(owner, id).await
            }
            outcome => outcome,
        }
    }

    /// Stops a task that runs: none of its rows will be seen.
    ///
    /// # Errors
    /// [`TaskError::Status`] where it does not run, [`TaskError::Publishing`] where it is too late, [`TaskError::Unknown`], and the
    /// store's.
    pub async fn stop(&self, owner: Owner, id: &TaskId, authors: Authors) -> Result<(Task, Revision), TaskError> {
        let stopped = self.change(owner, id, authors.own, |task| match task.status {
            Status::Executing if task.progress.is_publishing => Err(TaskError::Publishing),
            Status::Executing => {
                task.end(Status::Stopped);
                Ok(())
            }
            status => Err(TaskError::Status(status)),
        });
        let (task, revision) = stopped.await?;
        self.rows.discard(owner, &task.id.to_string()).await?;
        job::cancel_by(&*self.store, task.job, authors.job).await?;
        Ok((task, revision))
    }

    /// Removes a task that does not run, and its files.
    ///
    /// # Errors
    /// [`TaskError::Status`] where it runs, [`TaskError::Unknown`], and the store's.
    pub async fn remove(&self, owner: Owner, id: &TaskId, author: Option<Author>) -> Result<Task, TaskError> {
        let (task, revision) = self.find(owner, id).await?;
        if task.status == Status::Executing {
            return Err(TaskError::Status(task.status));
        }
        let mut batch = Batch::default().by(author);
        kept::remove(self, owner, &task, revision, &mut batch).await?;
        self.store.apply(batch).await?;
        Ok(task)
    }

    /// The bytes of a file, and how many they are.
    pub fn file(
        &self,
        owner: Owner,
        task: &Task,
        name: FileName,
    ) -> (u64, impl Stream<Item = Result<Bytes, BlobError>> + Send + use<>) {
        let head = match name {
            FileName::Input => Bytes::new(),
            FileName::Error => task.columns.failures_header().into(),
        };
        let size = task.size(name) + head.len() as u64;
        let chunks = file::all(Arc::clone(&self.store), owner, task.id.blobs(name));
        (size, stream::iter([Ok(head)]).chain(chunks))
    }

    async fn change(
        &self,
        owner: Owner,
        id: &TaskId,
        author: Option<Author>,
        mut change: impl FnMut(&mut Task) -> Result<(), TaskError> + Send,
    ) -> Result<(Task, Revision), TaskError> {
        for _ in 0..ATTEMPTS {
            let (mut task, revision) = self.read(owner, id).await?;
            change(&mut task)?;
            let write = task.write(owner, Expect::Revision(revision));
            match self.store.apply(Batch::of(vec![write]).by(author.clone())).await {
                Ok(revisions) => {
                    let revision = revisions.into_iter().next().flatten();
                    return Ok((task, revision.ok_or_else(|| StoreError::Fault("a put answered no revision".into()))?));
                }
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict(Box::new(id.key(owner))).into())
    }
}
