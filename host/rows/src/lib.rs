//! Selector rows: least-cost tables and the like, millions of them for an owner.
//!
//! The rows of one name lie in *parts*: immutable, sorted by selector, carrier and times, kept in the store as blobs and listed by one
//! document of [`strowger_store::Kind::SelectorTable`]. Over them lie single rows that were put or removed since, a document of
//! [`strowger_store::Kind::SelectorRow`] each. A [`RowBook`] is both of one owner at one moment, in memory and immutable; a change makes
//! another book, which shares with it everything but what has changed. Whoever reads is never disturbed.
//!
//! What it costs, for a least-cost table of `r` rows over `s` selectors and `c` carriers:
//!
//! - **Memory.** A row of a part is its carrier (a byte up to 256 of them), its value (two bytes up to 65,536 different ones in a part), its
//!   times (nothing, where all rows of the part have the same) and one bit. A selector is an entry of the part's transducer (crate `fst`):
//!   one or two bytes where selectors share beginnings and ends, as prefixes of numbers do. Different values, and kept keys, are there once
//!   in each part. A single row over the parts takes some hundred bytes.
//! - **Looking a number up.** For each part that can have a prefix of it (of 2^20 rows, so that ten million rows have ten) one walk of
//!   the transducer, a step a digit, and then the rows that are found, which lie next to each other. No text is built and no row
//!   is looked at in vain. Where single rows lie over the parts, a search among them for each digit.
//! - **A single row.** One document, one read of it, and some nodes of the map of single rows. Ten thousand of them are folded into the parts
//!   by a job; at fifty thousand, whoever puts one folds them.
//! - **A bulk change.** A merge of sorted sources, streaming. Staged rows lie in the store as *runs*, each a series of small parts; of each run
//!   that is merged one of those is in memory (2^14 rows, some 100 KiB) and a chunk of bytes (256 KiB), of 64 runs at once. More runs are
//!   first merged into fewer longer ones, no more of them than necessary, so that every row is written once more for each round: 64 runs
//!   of a task (6 million rows) need none, 4,096 one. Besides, there are the part that is built and the one that is uploaded, about 50 MiB
//!   of both at most, whatever the number of rows; and for as long as somebody reads them, the old parts that were replaced. Parts in
//!   whose range nothing changes are kept as they are. One batch makes all of it visible.
//! - **Presence and lowest values** come from sums by carrier and times, made once for each part when it is opened, and for each version
//!   of a table from those. A table in which nearly every row has times of its own has about as many sums as rows.
//! - **Expressions** are found by a pass of a part's selectors when they are first asked for, and each is tried.
//! - **Loading** reads the parts once, checks their digests and passes over their columns.

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
mod run;
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
pub use manifest::is_mark;
pub use part::Window;
pub use publication::{Mode, Publication, Published};
pub use row::StoredRow;
pub use service::SelectorRows;
pub use stage::StagedRun;
pub use strowger_model::selector_row::SelectorRow;
pub use table::Table;
