//! From a request to an ordered list of endpoints: the account's pool of carriers, its chain of prepared selector steps, and the
//! INVITE that each gateway wants.
//!
//! There is one engine. Explaining a decision, trying a chain and placing a call run the same code; classic routing is a chain too.

mod account;
mod breaker;
mod breakers;
pub mod cases;
mod chain;
mod chain_pool;
mod check;
mod compare;
mod digest;
mod emergency;
mod endpoint;
mod error;
mod feed;
mod hunt;
mod outage;
mod own_formatter;
mod pool;
mod profile;
mod records;
mod replay;
mod request;
mod resolved;
mod rewriters;
mod route;
mod router;
mod rows;
mod rung;
mod shadow;
mod shortdial;
mod snapshot;
mod snapshots;
mod trace;
pub mod whois;

pub use check::CheckError;
pub use emergency::{Emergency, REFUSED_CALLER_ID};
pub use endpoint::{Credentials, Endpoint, EndpointInvite, Hidden, RefusedEndpoint, Sender};
pub use error::RouteError;
pub use own_formatter::check_formatter;
pub use profile::{Defaults, EmergencyRules, HostProfile};
pub use records::{Decided, KEPT as KEPT_DECISIONS, Record, records_of};
pub use replay::{Difference, Fuel, ReplayError, Replayed, Trial};
pub use request::RouteRequest;
pub use route::Route;
pub use router::Router;
pub use rung::Rung;
pub use strowger_model::account::Hunt;
pub use strowger_model::chain::RouteBy;
pub use strowger_sandbox::RewriteDirection as Direction;
pub use trace::{Dropped, StepFailure, StepTrace, Tried};
