//! The HTTP face: `/v2` for carriers, chains and rows, `/v1` for accounts, applications and calls.
//!
//! It translates requests into calls of routing, call control and the store, and their answers back. What is allowed to whom is
//! decided here, by [`auth`]; every other rule lives in the crate that it is about.

mod admission;
mod audit;
mod auth;
mod hex;
mod index;
mod limits;
mod openapi;
mod ports;
mod router;
mod state;
mod table;
mod tenants;
mod transport;
mod v1;
mod v2;

#[cfg(test)]
mod tests;

pub use auth::bootstrap::{BootstrapError, bootstrap_admin_key, needs_admin_key};
pub use auth::{AuthConfig, PasswordCost};
pub use index::account_of_realm;
pub use limits::{LiveNodes, RequestRates};
pub use openapi::document as openapi;
pub use ports::{Calls, Routing};
pub use router::router;
pub use state::{ApiState, Parts, RequestLimits};
pub use transport::server::{Limits, serve, serve_within};
pub use v2::account_of_peer;
