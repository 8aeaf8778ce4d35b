//! The document of a task.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::json;
use strowger_model::{Owner, Sid, time};
use strowger_rows::{Published, StagedRun};
use strowger_store::{Blob, Expect, Key, Kind, Write};

use crate::JobId;
use crate::table::{Column, Columns, Position};

/// What tasks are about.
pub const CATEGORY: &str = "resource_selectors";

/// Hex digits of an id, as documented.
const ID_DIGITS: usize = 30;

/// A task's id. Later ones sort after earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(String);

/// Text that is no id of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a task's id has {ID_DIGITS} hex digits")]
pub struct InvalidTaskId;

impl TaskId {
    pub(super) fn next() -> Self {
        let id = format!("{:010x}{}", time::gregorian_now(), Sid::random().hex());
        Self(id.chars().take(ID_DIGITS).collect())
    }

    /// The key of its document.
    #[must_use]
    pub fn key(&self, owner: Owner) -> Key {
        Key::new(owner, Kind::Task, self.0.clone())
    }

    /// The key of the description of some of its bytes.
    pub(super) fn blob(&self, owner: Owner, file: FileName, index: usize) -> Key {
        Key::new(owner, Kind::Blob, format!("{}{index:06}", self.blobs(file)))
    }

    /// What the ids of those begin with.
    pub(super) fn blobs(&self, file: FileName) -> String {
        format!("task:{}:{}:", self.0, file.name())
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TaskId {
    type Err = InvalidTaskId;

    fn from_str(text: &str) -> Result<Self, InvalidTaskId> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && text.len() == ID_DIGITS { Ok(Self(text.to_owned())) } else { Err(InvalidTaskId) }
    }
}

/// What is done with the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// They are saved.
    Import,
    /// They are removed.
    Delete,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 2] = [Self::Import, Self::Delete];

    /// The name that requests use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Delete => "delete",
        }
    }

    /// The columns that a file may have; [`Column::MANDATORY`] are among them.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Import => &Column::ALL,
            Self::Delete => &Column::MANDATORY,
        }
    }
}

/// What an import does with rows that are not in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They stay.
    #[default]
    Upsert,
    /// They go, where they have a name that the file has.
    Replace,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Upsert, Self::Replace];

    /// The name that requests use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Replace => "replace",
        }
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits to be started.
    Pending,
    /// It runs.
    Executing,
    /// Every row was done.
    Success,
    /// No row was.
    Failure,
    /// Some were.
    Partial,
    /// Somebody stopped it; nothing was changed.
    Stopped,
    /// The host failed.
    InternalError,
}

impl Status {
    /// The name that replies use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Executing => "executing",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Partial => "partial",
            Self::Stopped => "stopped",
            Self::InternalError => "internal_error",
        }
    }

    /// Whether nothing more happens.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Executing)
    }
}

/// The files of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileName {
    /// What was uploaded.
    Input,
    /// The rows that failed.
    Error,
}

impl FileName {
    /// The name that requests use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input.csv",
            Self::Error => "error.csv",
        }
    }
}

/// What a task is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The action.
    pub action: Action,
    /// For imports.
    #[serde(default)]
    pub mode: Mode,
    /// What the file is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The account of whoever asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_account_id: Option<String>,
}

/// How far a task is. It is saved in the same step as what the work has made of the file up to there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) position: Position,
    /// Runs of rows that are staged under the task's id; nobody sees them before they are published.
    #[serde(default)]
    pub(super) staged: u32,
    /// From then on it cannot be stopped.
    pub(super) is_publishing: bool,
    /// Failures that are listed.
    pub(super) listed: u64,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    #[serde(flatten)]
    pub request: Request,
    /// Where it stands.
    pub status: Status,
    /// Rows of the file.
    pub total_count: u64,
    /// Rows that were done.
    pub success_count: u64,
    /// Rows that failed.
    pub failure_count: u64,
    /// What became of the selector rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Published>,
    /// When it was made: Gregorian seconds, as all its times.
    #[serde(rename = "pvt_created")]
    pub created: i64,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_timestamp: Option<i64>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_timestamp: Option<i64>,
    /// The node that works on it, or did last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Why the host failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub(super) columns: Columns,
    pub(super) job: JobId,
    pub(super) input: Vec<Blob>,
    #[serde(default)]
    pub(super) error_file: Extent,
    pub(super) progress: Progress,
}

/// How long a file is that grows with each step. Its blobs are found by their ids: the document does not grow with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Extent {
    pub(super) blobs: usize,
    pub(super) bytes: u64,
}

impl Task {
    /// The files that it has.
    #[must_use]
    pub fn files(&self) -> Vec<FileName> {
        let errors = (self.error_file.blobs > 0).then_some(FileName::Error);
        std::iter::once(FileName::Input).chain(errors).collect()
    }

    /// Bytes of a file.
    pub(super) fn size(&self, file: FileName) -> u64 {
        match file {
            FileName::Input => self.input.iter().map(|blob| blob.size).sum(),
            FileName::Error => self.error_file.bytes,
        }
    }

    /// What is staged.
    pub(super) fn runs(&self) -> impl Iterator<Item = StagedRun> {
        let id = self.id.to_string();
        (0..self.progress.staged).map(move |number| StagedRun::of(&id, number))
    }

    pub(super) fn end(&mut self, status: Status) {
        self.status = status;
        self.end_timestamp = Some(time::gregorian_now());
        self.progress.staged = 0;
    }

    pub(super) fn write(&self, owner: Owner, expect: Expect) -> Write {
        Write::put(self.id.key(owner), json!(self), expect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hex_and_sort_by_time() {
        let id = TaskId::next();
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        let later = format!("{:010x}", time::gregorian_now() + 2);
        assert!(*later > *id.to_string());
        for text in ["", "1", "../../secrets", &"g".repeat(30), &"A".repeat(30), &"a".repeat(31)] {
            assert_eq!(text.parse::<TaskId>(), Err(InvalidTaskId), "{text}");
        }
    }
}
