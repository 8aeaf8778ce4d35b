//! The OpenAPI description of both APIs, made from their tables: `/openapi.json`.
//!
//! A table says which paths and methods there are and who may ask; beside that, each endpoint is described once, in [`v1`] and [`v2`].
//! A test compares the two, and another one the whole document with `golden.json`.

mod catalogue;
mod description;
mod document;
mod examples;
mod listed;
mod operation;
mod refusals;
mod schemas;
mod served;
mod v1;
mod v2;

#[cfg(test)]
mod tests;

pub use document::document;
pub(crate) use served::serve;
