//! What a Strowger plugin depends on: one trait for each kind of plugin, the host's services as plain functions, and an
//! in-memory host to test against.
//!
//! A selector, whole:
//!
//! ```
//! use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
//! use strowger_sdk::{Description, NoParameters, PluginError};
//!
//! /// Tries the even rows of the pool first.
//! struct EvenFirst;
//!
//! impl Selector for EvenFirst {
//!     type Parameters = NoParameters;
//!     const DESCRIPTION: Description = Description::new("Tries every other carrier first", NoParameters::SCHEMA);
//!
//!     fn prepare(_: NoParameters, _: &[Carrier]) -> Result<Self, PluginError> {
//!         Ok(Self)
//!     }
//!
//!     fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
//!         rows.sort_by_key(|row| row % 2);
//!         Ok(rows.into())
//!     }
//! }
//!
//! strowger_sdk::export_selector!(EvenFirst);
//! # fn main() {}
//! ```
//!
//! Built as a `cdylib` for `wasm32-unknown-unknown` and encoded as a component, this is what a chain can name. Built for the
//! machine at hand, the same crate runs under `cargo test` against [`testing`].

#[doc(hidden)]
pub mod bindings;
pub mod call_hook;
mod description;
mod error;
pub mod filter;
pub mod formatter;
pub mod interned;
pub mod kv;
pub mod message_provider;
pub mod patterns;
pub mod reference;
pub mod selector;
pub mod services;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod verbs;

pub use description::{Description, NoParameters};
pub use error::{ParameterFault, PluginError};
pub use services::{explain, log, numbers, regex, request, rows};
