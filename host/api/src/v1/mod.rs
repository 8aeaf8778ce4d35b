//! `/v1`: service providers, accounts, API keys, applications and calls.

mod accounts;
mod api_keys;
mod applications;
mod calls;
mod dispatch;
mod error;
mod index;
mod listing;
mod objects;
mod paths;
mod reply;
mod request;
mod routes;
mod service_providers;

pub(crate) use dispatch::{router, unknown};
pub(crate) use index::index_api_key;
pub(crate) use paths::normalise;

#[cfg(test)]
pub(crate) use routes::{Access, ROUTES};
