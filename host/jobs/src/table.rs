//! Selector rows in CSV: records out of pieces of a file, the columns that a header names, rows out of records. Pure functions of bytes.

mod columns;
mod count;
mod failures;
mod piece;
mod records;
mod row;
#[cfg(test)]
mod tests;

use strowger_model::selector_row::SelectorRow;

pub use columns::{Column, Columns, HeaderError};
pub use count::{Count, Counted};
pub use failures::Failures;
pub use piece::{Bounds, Judge, Outcome, Piece};
pub use records::{End, FormatError, MAX_RECORD, Position, Record, Records};

/// A file that cannot be read at all.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FileError {
    /// It is no table.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Its header is not one of selector rows.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

/// What a whole file says.
#[derive(Debug, Default, PartialEq)]
pub struct Table {
    /// The rows that keep the rules, in the order of the file.
    pub rows: Vec<SelectorRow>,
    /// Each of the others with its line and the reason, as CSV with a header.
    pub failures: Vec<u8>,
    /// How many those are.
    pub failed: u64,
}

/// Reads a file that is in memory as a whole. `columns` are those that its header may name.
///
/// # Errors
/// [`FileError`].
pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Table, FileError> {
    let mut records = Records::new(bytes, Position::START, End::File);
    let header = records.next()?.ok_or(HeaderError::EMPTY)?;
    let columns = Columns::of(header.fields, columns)?;
    let mut table = Table { failures: columns.failures_header(), ..Table::default() };
    let mut position = records.position();
    while !position.is_at(bytes.len()) {
        let rest = bytes.get(position.index()..).unwrap_or_default();
        let piece = Piece { bytes: rest, start: position, end: End::File };
        let mut take = |row| {
            table.rows.push(row);
            Ok(())
        };
        let outcome = piece.read(&columns, Bounds::default(), &mut take)?;
        position = outcome.position;
        table.failed += outcome.failed;
        table.failures.extend_from_slice(&outcome.failures);
    }
    Ok(table)
}
