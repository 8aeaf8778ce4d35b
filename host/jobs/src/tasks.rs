//! Tasks: what is done with the selector rows of a file that somebody uploaded.
//!
//! A task is a document of the account's (or of the installation's), and a job does it step by step. Each step saves in one atomic batch how
//! far it is, in bytes and lines of the file, together with what it made of the file up to there: rows that are staged and that nobody
//! sees, and a file of those that failed. A worker that dies is replaced by one that goes on exactly there. The last step publishes
//! all rows at once.

mod document;
mod error;
mod file;
mod intake;
mod kept;
mod run;
mod service;
mod step;
#[cfg(test)]
mod tests;
mod tidy;

pub use document::{Action, CATEGORY, FileName, InvalidTaskId, Mode, Request, Status, Task, TaskId};
pub use error::TaskError;
pub use intake::Intake;
pub use kept::TaskLimits;
pub use run::RunTask;
pub use service::{Authors, Tasks};
pub use tidy::TidyTasks;
