//! `/v2`: carrier resources, routing chains, selector rows and what they decide.

mod audit;
mod cursor;
mod dispatch;
mod documents;
mod envelope;
mod error;
mod format;
mod modules;
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

pub(crate) use cursor::CursorKey;
pub(crate) use dispatch::router;

#[cfg(test)]
pub(crate) use routes::{Access, ROUTES};
