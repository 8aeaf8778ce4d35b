//! Selector rows: least-cost tables and the like, millions of them for an owner.

mod base;
mod book;
mod crowded;
mod error;
mod feed;
mod identity;
mod limits;
mod lookup;
mod manifest;
mod memory;
mod merge;
mod overlay;
mod part;
mod place;
mod publication;
mod publish;
mod read;
mod row;
mod service;
mod stage;
mod sums;
mod table;
mod write;

#[cfg(test)]
mod tests;

pub use book::{RowBook, RowFilter};
pub use error::RowsError;
pub use identity::{InvalidRowId, RowId};
pub use limits::RowLimits;
pub use lookup::{Carrier, Hit, Visit};
pub use part::Window;
pub use publication::{Mode, Publication, Published};
pub use row::StoredRow;
pub use service::SelectorRows;
pub use stage::StagedRun;
pub use strowger_model::selector_row::SelectorRow;
pub use table::Table;
