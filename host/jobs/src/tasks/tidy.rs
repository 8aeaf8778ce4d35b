//! The job that removes tasks which have been kept for long enough, and staged rows that nobody will publish.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use strowger_model::Owner;
use strowger_store::{Store, StoreError};

use super::{TaskError, Tasks, kept};
use crate::{Context, Step, Work, WorkError, rounds};

const NAME: &str = "tidy-tasks";

/// The one job of an installation that does this.
const JOB: &str = "7461736b-7469-4479-8000-000000000001";

/// Removes outdated tasks, and staged rows of tasks that are over or gone, again and again.
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
        rounds::queue(store, JOB, NAME).await
    }
}

#[async_trait]
impl Work for TidyTasks {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let owners = rounds::owners(context, cursor).await?;
        let mut done = context.job().progress.done;
        for owner in &owners {
            match tidied(&self.tasks, *owner).await {
                Ok(removed) => done += removed,
                // Somebody has changed or removed it; a later round looks again.
                Err(TaskError::Store(StoreError::Conflict(_))) => {}
                Err(TaskError::Store(error)) => return Err(error.into()),
                Err(error) => tracing::warn!(%owner, %error, "tasks were not looked through"),
            }
        }
        Ok(rounds::next(&owners, done, self.pause))
    }
}

/// Answers how many tasks and runs went.
async fn tidied(tasks: &Tasks, owner: Owner) -> Result<u64, TaskError> {
    let removed = kept::remove_outdated(tasks, owner).await?;
    Ok(removed + kept::discard_staged(tasks, owner).await?)
}
