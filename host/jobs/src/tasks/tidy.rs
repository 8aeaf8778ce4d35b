//! The job that removes tasks which have been kept for long enough.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_store::{Batch, Store, StoreError};

use super::{TaskError, Tasks, kept};
use crate::{Context, Job, JobId, Progress, Step, Work, WorkError};

const NAME: &str = "tidy-tasks";

/// The one job of an installation that does this.
const JOB: &str = "7461736b-7469-4479-8000-000000000001";

/// Owners whose tasks one step looks at.
const OWNERS: usize = 50;

/// Removes outdated tasks, again and again.
pub struct TidyTasks {
    tasks: Tasks,
    /// How long it rests when it has seen all.
    pub pause: Duration,
}

impl TidyTasks {
    /// Of all owners.
    #[must_use]
    pub fn new(tasks: Tasks) -> Self {
        Self { tasks, pause: Duration::from_secs(3_600) }
    }

    /// Queues the job, unless it is there already.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn queue(store: &dyn Store) -> Result<(), StoreError> {
        let id: JobId = JOB.parse().map_err(|_| StoreError::Fault("the id of the job is none".into()))?;
        let job = Job { id, ..Job::new(NAME, None, Value::Null) };
        match store.apply(Batch::of(vec![job.enqueue()])).await {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Work for TidyTasks {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let after = cursor.and_then(Value::as_str);
        let after = after.map(|id| id.parse::<AccountId>().map_or(Owner::System, Owner::Account));
        let owners = context.store().owners(after, OWNERS).await?;
        let mut done = context.job().progress.done;
        for owner in &owners {
            match kept::remove_outdated(&self.tasks, *owner).await {
                Ok(removed) => done += removed,
                // Somebody has changed or removed it; a later round looks again.
                Err(TaskError::Store(StoreError::Conflict(_))) => {}
                Err(TaskError::Store(error)) => return Err(error.into()),
                Err(error) => tracing::warn!(%owner, %error, "tasks were not looked through"),
            }
        }
        let progress = Progress { done, total: None };
        Ok(match owners.last() {
            Some(last) => Step::More { cursor: json!(last.to_string()), progress },
            None => Step::Later { cursor: Value::Null, progress, pause: self.pause },
        })
    }
}
