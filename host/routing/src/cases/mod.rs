//! Routing test cases: requests over carriers, selector rows and a chain that a file brings along, and the order that is expected. They
//! are run by the engine that routes calls, over a store in memory: nothing of an installation is asked or changed.
//!
//! A file is TOML or JSON (by its ending, `.toml` or `.json`) of this shape; what it does not say is as in a fresh account:
//!
//! | key | is |
//! |---|---|
//! | `carriers` | the account's carriers: documents as `/v2/accounts/{A}/resources` takes them, each with an `id` |
//! | `selectors` | its selector rows: `name`, `selector`, `resource`, and `value`, `start_time`, `stop_time` |
//! | `chain` | its chain, as `rules` of `/v2/accounts/{A}/resource_selectors/rules`; the documented default chain where it is absent |
//! | `settings` | `route_by` (`resource_selectors` or `resources`) and `hunt` (`local`, `global`, `local_then_global`) of the account |
//! | `global` | `carriers`, `selectors` and `chain` of the installation |
//! | `cases` | what is tried |
//!
//! A case has a `name`, a `request` by the field names of `…/resource_selectors/route`, a `chain` or `route_by` of its own where it
//! tries another than the account's, and `expect`, which says at least one of these:
//!
//! | key | is |
//! |---|---|
//! | `carriers` | ids of the carriers that are chosen, in order; none is `[]` |
//! | `endpoints` | one object for each endpoint, in order, with the fields that it must have: `resource_id`, `name`, `route`, `weight`, or a field by its documented name (`To-DID`, `Custom-SIP-Headers`, …); `null` is a field that must be absent |
//! | `dropped` | by a carrier's id, a part of the reason for which a step drops it |
//! | `number` | the number that is routed after short-dial correction |
//! | `error` | the kind of failure that stops the chain: `bad_parameter`, `refused`, `fuel`, … |
//! | `refused` | `true` where the chain could not be saved |
//!
//! A chain that fails and is not expected to is a difference; a chain that cannot be saved and is not expected to be refused is a
//! mistake in the file. The conformance vectors, which have a shape of their own, are read too.

mod compare;
mod error;
mod file;
mod read;
mod report;
mod run;
mod suite;
mod vectors;
mod verdict;

pub use error::{CasesError, Problem, Problems};
pub use read::{LARGEST_FILE, MOST_CARRIERS, MOST_CASES, MOST_ROWS, read};
pub use run::run;
pub use suite::{Case, Suite};
pub use verdict::{Difference, DroppedBy, Verdict};

#[cfg(test)]
mod tests;
