//! Bulk jobs: many telephone numbers at once, each of which is added once and is nobody else's, whatever dies in between.

mod assign;
mod cancel;
mod claim;
mod create;
mod document;
mod read;
mod recover;
mod remove;
#[cfg(test)]
mod tests;
mod tidy;
mod work;

pub use assign::{add, change, hand_over};
pub use cancel::cancel;
pub use create::NewNumberJob;
pub use document::{NumberJob, Reason, Refusal};
pub use read::{Outcomes, find, outcomes};
pub use recover::Recovery;
pub use remove::remove;
pub use tidy::TidyNumberJobs;
pub use work::AddNumbers;
