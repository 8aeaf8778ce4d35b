//! `/v2`: carrier resources, routing chains, selector rows and what they decide.

mod accounts;
mod api_auth;
mod api_key;
mod api_keys;
mod audit;
mod collection;
mod cursor;
mod dispatch;
mod documents;
mod error;
mod filters;
mod format;
mod listing;
mod modules;
mod nodes;
mod not_built;
mod numbers;
mod paging;
mod reply;
mod request;
mod resources;
mod route;
mod routes;
mod rows;
mod rules;
mod session;
mod token_auth;
mod tree;
mod user_auth;
mod user_store;
mod users;

pub(crate) use cursor::CursorKey;
pub(crate) use dispatch::router;

#[cfg(test)]
pub(crate) use routes::{OPEN_ROUTES, ROUTES};
