//! The document of a job.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, InvalidId, Owner, Sid, time::now};
use strowger_nodes::NodeId;
use strowger_store::{Author, Batch, Expect, Key, Kind, Store, StoreError, Write};
use time::OffsetDateTime;

/// How long a job that is over can be looked at.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// A job's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(Sid);

impl JobId {
    /// An id for a job that will be queued.
    #[must_use]
    pub fn random() -> Self {
        Self(Sid::random())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a worker.
    Queued,
    /// A worker has it, or had it when it died.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
    /// Somebody called it off.
    Cancelled,
}

impl State {
    /// Whether nothing more happens.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Parts that are done.
    pub done: u64,
    /// All parts, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done, by [`crate::Work::name`].
    pub work: String,
    /// Whose documents it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What the work is told.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// Where it stands.
    pub state: State,
    /// How far it is.
    #[serde(default)]
    pub progress: Progress,
    /// Where the next step begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Value>,
    /// Tries since the last step that succeeded.
    #[serde(default)]
    pub attempts: u32,
    /// Who has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// What the last try failed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Nobody goes on before; Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<i64>,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc2822::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl Job {
    /// A job that waits for a worker.
    #[must_use]
    pub fn new(work: &str, account: Option<AccountId>, input: Value) -> Self {
        Self {
            id: JobId::random(),
            work: work.to_owned(),
            account,
            input,
            state: State::Queued,
            progress: Progress::default(),
            cursor: None,
            attempts: 0,
            node: None,
            error: None,
            not_before: None,
            created_at: now(),
            finished_at: None,
        }
    }

    /// What queues it: belongs into the batch, which is the installation's, that makes the work necessary.
    #[must_use]
    pub fn enqueue(&self) -> Write {
        self.write(Expect::Absent)
    }

    pub(crate) fn write(&self, expect: Expect) -> Write {
        let write = Write::put(key(self.id), json!(self), expect);
        if self.state.is_final() { write.expires_in(KEPT) } else { write }
    }

    pub(crate) fn end(&mut self, state: State) {
        self.state = state;
        self.finished_at = Some(now());
    }
}

/// Where a job lies.
pub(crate) fn key(id: JobId) -> Key {
    Key::new(Owner::System, Kind::Job, id.to_string())
}

/// A job that is not over, or not for long.
///
/// # Errors
/// Those of the store.
pub async fn find(store: &dyn Store, id: JobId) -> Result<Option<Job>, StoreError> {
    let document = store.get(&key(id)).await?;
    Ok(document.and_then(|document| serde_json::from_value(document.body).ok()))
}

/// Calls a job off: its worker stops before it saves another step. Answers the job as it then is, which may have been over before.
///
/// # Errors
/// Those of the store.
pub async fn cancel(store: &dyn Store, id: JobId) -> Result<Option<Job>, StoreError> {
    cancel_by(store, id, None).await
}

/// As [`cancel`], written down as that author's.
///
/// # Errors
/// Those of the store.
pub async fn cancel_by(store: &dyn Store, id: JobId, author: Option<Author>) -> Result<Option<Job>, StoreError> {
    loop {
        let Some(document) = store.get(&key(id)).await? else { return Ok(None) };
        let Ok(mut job) = serde_json::from_value::<Job>(document.body) else { return Ok(None) };
        if job.state.is_final() {
            return Ok(Some(job));
        }
        job.end(State::Cancelled);
        let batch = Batch::of(vec![job.write(Expect::Revision(document.revision))]);
        match store.apply(batch.by(author.clone())).await {
            Ok(_) => return Ok(Some(job)),
            // Its worker has saved a step meanwhile.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
}
