//! The job that does a task.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::Owner;
use strowger_rows::{RowsError, SelectorRows};
use strowger_store::{Author, Name, Store, StoreError};

use super::step::Run;
use super::{TaskError, TaskId};
use crate::table::Bounds;
use crate::{Context, Step, Work, WorkError};

pub(super) const NAME: &str = "task";

/// Tries of a step after which a task has failed.
const TRIES: u32 = 5;

/// What the job is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) task: TaskId,
    /// Who started it: whose change the rows are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<Starter>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Starter {
    stream: String,
    by: Value,
}

impl Order {
    pub(super) fn new(task: TaskId, author: Option<&Author>) -> Self {
        let author = author.map(|author| Starter { stream: author.stream.name.clone(), by: author.by.clone() });
        Self { task, author }
    }

    pub(super) fn author(&self, owner: Owner) -> Option<Author> {
        let Starter { stream, by } = self.author.clone()?;
        Some(Author { stream: Name::new(owner, stream), by })
    }
}

/// How much of a file one step does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portion {
    pub(super) bytes: usize,
    pub(super) bounds: Bounds,
}

impl Default for Portion {
    fn default() -> Self {
        Self { bytes: 8 << 20, bounds: Bounds::default() }
    }
}

/// Does tasks.
pub struct RunTask {
    pub(super) store: Arc<dyn Store>,
    pub(super) rows: SelectorRows,
    pub(super) portion: Portion,
}

impl RunTask {
    /// On these rows, which lie in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, rows: SelectorRows) -> Self {
        Self { store, rows, portion: Portion::default() }
    }
}

#[async_trait]
impl Work for RunTask {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, _: Option<&Value>) -> Result<Step, WorkError> {
        let order = Order::deserialize(&context.job().input);
        let order = order.map_err(|error| WorkError::Hopeless(format!("the job names no task: {error}")))?;
        let owner = context.job().account.map_or(Owner::System, Owner::Account);
        let progress = context.job().progress;
        let Some(mut run) = Run::begin(self, context, owner, &order).await? else { return Ok(Step::Done { progress }) };
        match run.step().await {
            Ok(step) => Ok(step),
            // Somebody has stopped it; the next step sees that.
            Err(TaskError::Store(StoreError::Conflict(_))) => Ok(Step::More { cursor: Value::Null, progress }),
            Err(TaskError::Store(error)) => Err(error.into()),
            Err(error) if is_final(&error) || context.job().attempts >= TRIES => run.fail(&error).await,
            Err(error) => Err(WorkError::Failed(error.to_string())),
        }
    }
}

/// Whether a later try ends in the same way.
fn is_final(error: &TaskError) -> bool {
    matches!(error, TaskError::File(_) | TaskError::Blob(_) | TaskError::Rows(RowsError::TooMany { .. }))
}
