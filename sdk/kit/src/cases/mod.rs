//! Cases of a plugin: what it is asked, and what it must answer; run in the real sandbox.

mod file;
mod provider;
mod question;
mod report;
mod run;

pub use report::{Report, Tried};
pub use run::run;

pub(crate) use file::read;
pub(crate) use provider::{outbound, question as provided, request};
pub(crate) use question::{event, sample_call};
