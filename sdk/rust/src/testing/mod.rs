//! A host in memory: plugins run against it natively, under `cargo test`.
//!
//! ```
//! use serde_json::json;
//! use strowger_sdk::testing::Trial;
//! # use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
//! # use strowger_sdk::{Description, NoParameters, PluginError};
//! # struct Backwards;
//! # impl Selector for Backwards {
//! #     type Parameters = NoParameters;
//! #     const DESCRIPTION: Description = Description::new("", NoParameters::SCHEMA);
//! #     fn prepare(_: Self::Parameters, _: &[Carrier]) -> Result<Self, PluginError> { Ok(Self) }
//! #     fn select(&self, _: &Call, rows: Vec<u32>) -> Result<Selection, PluginError> {
//! #         Ok(rows.into_iter().rev().collect::<Vec<_>>().into())
//! #     }
//! # }
//!
//! let trial = Trial::of(&json!([{"id": "a"}, {"id": "b"}])).calling("+15125550177").flags(["fax"]);
//! assert_eq!(trial.run::<Backwards>(&json!({})).ids(), ["b", "a"]);
//! ```

mod event;
mod host;
#[doc(hidden)]
pub mod imports;
mod rows;
mod trial;

pub use event::event;
pub use trial::{Outcome, Trial, carrier};
