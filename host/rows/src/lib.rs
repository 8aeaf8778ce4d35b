//! Selector rows: least-cost tables and the like, millions of them for an owner.

mod book;
mod error;
mod feed;
mod identity;
mod overlay;
mod part;
mod place;
mod publication;
mod publish;
mod read;
mod row;
mod service;
mod stage;
mod table;
mod write;

pub use book::{RowBook, RowFilter};
pub use error::RowsError;
pub use identity::{InvalidRowId, RowId};
pub use publication::{Mode, Publication, Published};
pub use row::StoredRow;
pub use service::SelectorRows;
pub use stage::StagedRun;
pub use strowger_model::selector_row::SelectorRow;
