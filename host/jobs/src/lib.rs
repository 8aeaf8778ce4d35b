//! Background work that outlives whoever does it.
//!
//! A job is a document, written in the same batch as whatever makes the work necessary. Any node takes it, under a lease, and saves how
//! far it is after each step under the lease's fencing token: where the node dies or is too slow, another one goes on exactly where
//! the last saved step ended, and what the first one writes late is refused.

mod claim;
mod context;
mod erase;
mod fold_rows;
mod job;
mod judge_plugin;
mod keeper;
pub mod numbers;
mod rounds;
mod runner;
pub mod table;
pub mod tasks;
#[cfg(test)]
mod testing;
mod work;

pub use context::Context;
pub use erase::EraseAccount;
pub use fold_rows::{FoldQueue, FoldRows};
pub use job::{Job, JobId, Progress, State, cancel, cancel_by, find};
pub use judge_plugin::{JudgePlugin, finish_upload};
pub use runner::{JobRunner, JobsConfig};
pub use work::{Step, Work, WorkError};
