//! The host's side of the interfaces that a plugin may import, one file each.

mod call;
mod explain;
pub(crate) mod kv;
mod log;
mod numbers;
pub(crate) mod regex;
mod request;
mod rows;
mod types;
