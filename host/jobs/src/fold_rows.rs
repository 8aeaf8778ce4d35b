//! Taking the single rows of a table into its parts, once there are many.

use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use strowger_model::{AccountId, Owner};
use strowger_rows::SelectorRows;
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt, Write};
use tokio::task::JoinHandle;

use crate::{Context, Job, JobId, Progress, Step, Work, WorkError, find};

const NAME: &str = "fold-rows";

/// What a job is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Input {
    /// None for the installation's.
    account: Option<AccountId>,
    name: String,
}

impl Input {
    fn owner(&self) -> Owner {
        self.account.map_or(Owner::System, Owner::Account)
    }

    /// Where it is written down which job folds the table.
    fn place(&self) -> Key {
        let name: String = Sha256::digest(&self.name).iter().map(|byte| format!("{byte:02x}")).collect();
        Key::new(Owner::System, Kind::Index, format!("fold_rows:{}:{name}", self.owner()))
    }
}

/// Takes the single rows of a table into its parts. What the rows are does not change: nothing needs to be fenced.
pub struct FoldRows {
    rows: SelectorRows,
}

impl FoldRows {
    /// The work over the rows of this process.
    #[must_use]
    pub fn new(rows: SelectorRows) -> Self {
        Self { rows }
    }
}

#[async_trait]
impl Work for FoldRows {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, _: Option<&Value>) -> Result<Step, WorkError> {
        let input = Input::deserialize(&context.job().input).map_err(|error| WorkError::Hopeless(error.to_string()))?;
        // First: what is put from then on may make another job necessary.
        context.store().delete(input.place(), Expect::Anything).await?;
        let folded = self.rows.fold(input.owner(), &input.name).await;
        folded.map_err(|error| WorkError::Failed(error.to_string()))?;
        Ok(Step::Done { progress: Progress { done: 1, total: Some(1) } })
    }
}

/// Queues a job for every table that has many single rows, until it is dropped.
pub struct FoldQueue(JoinHandle<()>);

impl FoldQueue {
    /// Begins.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, rows: SelectorRows) -> Self {
        Self(tokio::spawn(async move {
            loop {
                let (owner, name) = rows.crowded().await;
                if let Err(error) = queue(&*store, Input { account: owner.account(), name }).await {
                    tracing::warn!(%owner, %error, "a table of selector rows is not folded for now");
                }
            }
        }))
    }
}

impl Drop for FoldQueue {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One job at a time for a table, whichever node asks.
async fn queue(store: &dyn Store, input: Input) -> Result<(), StoreError> {
    let place = input.place();
    let found = store.get(&place).await?;
    if let Some(queued) = found.as_ref().and_then(|found| JobId::from_str(found.body.get("job")?.as_str()?).ok())
        && find(store, queued).await?.is_some_and(|job| !job.state.is_final())
    {
        return Ok(());
    }
    let expect = found.map_or(Expect::Absent, |found| Expect::Revision(found.revision));
    let job = Job::new(NAME, None, json!(input));
    let place = Write::put(place, json!({ "job": job.id }), expect);
    match store.commit(vec![place, job.enqueue()]).await {
        // Another node was faster.
        Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
