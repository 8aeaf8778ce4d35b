//! Whole stores: copied to a file and back, to another store, and checked.
//!
//! All of it works on the store that holds sealed bodies: secrets stay sealed, and no key is needed. What a copy has: every document
//! with its revision and its end, the entries of every stream where they stand, the chunks of every blob. What it has not: leases and
//! the feed, which mean something only while processes run, and counters, which end by themselves. Where the store is in use meanwhile
//! each document is as it was at some moment of the copying, and not all at the same.

mod backup;
mod check;
mod encode;
mod error;
mod fingerprint;
mod item;
mod line;
mod load;
mod migrate;
mod read;
mod restore;
mod summary;
#[cfg(test)]
mod tests;
mod unfinished;

pub use backup::backup;
pub use check::{Problem, Repair, Report, check};
pub use error::ArchiveError;
pub use migrate::migrate;
pub use restore::restore;
pub use summary::Summary;
pub use unfinished::is_unfinished;
