//! `/v2`: carrier resources, routing chains, selector rows and what they decide.

mod accounts;
mod api_auth;
mod api_key;
mod api_keys;
mod audit;
mod collection;
mod cursor;
mod decisions;
mod dispatch;
mod documents;
mod error;
mod filters;
mod format;
mod jobs;
mod listing;
mod modules;
mod nodes;
mod numbers;
mod paging;
mod peers;
mod phone_numbers;
mod plugins;
mod reply;
mod request;
mod resources;
mod route;
mod routes;
mod rows;
mod rules;
mod selector;
mod selectors;
mod session;
mod tasks;
mod token_auth;
mod tree;
mod user_auth;
mod user_store;
mod users;
mod whois;

pub(crate) use cursor::CursorKey;
pub(crate) use dispatch::router;
pub(crate) use documents::{Stamp, is_deleted, mark_deleted, parted};
pub use peers::account_of_peer;
pub(crate) use plugins::offer;

pub(crate) use routes::{Access, OPEN_ROUTES, ROUTES};
