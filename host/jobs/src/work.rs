//! What a kind of job does.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use strowger_store::StoreError;

use crate::{Context, Progress};

/// A kind of job.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    /// The name that jobs ask for it by.
    fn name(&self) -> &'static str;

    /// Does the next part, from where the last saved step ended; none is the beginning. A step whose worker dies is done again, so that
    /// what it writes goes through [`Context::apply`] and does no harm when it is written twice.
    ///
    /// # Errors
    /// [`WorkError`]; the step is tried again, later and not for ever.
    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError>;
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// There is more to do.
    More {
        /// Where to go on.
        cursor: Value,
        /// How far it is.
        progress: Progress,
    },
    /// There is more to do, but not before a while.
    Later {
        /// Where to go on.
        cursor: Value,
        /// How far it is.
        progress: Progress,
        /// How long to wait.
        pause: Duration,
    },
    /// The job is done.
    Done {
        /// What was done.
        progress: Progress,
    },
}

/// Why a step failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WorkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A later try may succeed.
    #[error("{0}")]
    Failed(String),
    /// No try will.
    #[error("{0}")]
    Hopeless(String),
}
