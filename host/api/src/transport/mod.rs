//! What both APIs share of HTTP: request ids, query strings, bodies, preconditions, the server itself.

pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod observe;
pub(crate) mod peer;
pub(crate) mod precondition;
pub(crate) mod query;
pub(crate) mod request_id;
pub(crate) mod server;
