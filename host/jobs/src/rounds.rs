//! Jobs that go round all owners, again and again.

use std::time::Duration;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_store::{Batch, Store, StoreError};

use crate::{Context, Job, JobId, Progress, Step};

/// Owners of one step.
const OWNERS: usize = 50;

/// Queues the one job of an installation that has that id, unless it is there already.
pub(crate) async fn queue(store: &dyn Store, id: &str, work: &str) -> Result<(), StoreError> {
    let id: JobId = id.parse().map_err(|_| StoreError::Fault("the id of the job is none".into()))?;
    let job = Job { id, ..Job::new(work, None, Value::Null) };
    match store.apply(Batch::of(vec![job.enqueue()])).await {
        Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The owners of this step.
pub(crate) async fn owners(context: &Context, cursor: Option<&Value>) -> Result<Vec<Owner>, StoreError> {
    let after = cursor.and_then(Value::as_str);
    let after = after.map(|id| id.parse::<AccountId>().map_or(Owner::System, Owner::Account));
    context.store().owners(after, OWNERS).await
}

/// Goes on behind these owners, or rests and begins anew where there are none.
pub(crate) fn next(owners: &[Owner], done: u64, pause: Duration) -> Step {
    let progress = Progress { done, total: None };
    match owners.last() {
        Some(last) => Step::More { cursor: json!(last.to_string()), progress },
        None => Step::Later { cursor: Value::Null, progress, pause },
    }
}
