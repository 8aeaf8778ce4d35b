//! What `strowger plugin` does offline: projects and their templates, builds in four languages, verdicts, cases, conformance.

mod bench;
pub mod build;
pub mod cases;
pub mod conformance;
mod error;
mod files;
mod format;
mod keys;
mod kind;
mod lines;
mod measure;
mod pool;
mod project;
mod provided;
mod starter;
mod tools;
mod trial;
mod verdict;

pub use bench::{Bench, bench};
pub use error::KitError;
pub use kind::{Kind, Language};
pub use project::{MANIFEST, Optional, Project};
pub use starter::start;
pub use tools::Tools;
pub use trial::{Loaded, Requests, load, sandbox};
pub use verdict::{Judged, judge};
