//! How much an owner may have, and how much of it is kept in memory.

use crate::RowsError;
use crate::book::RowBook;

/// Bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLimits {
    /// Names of one owner.
    pub names: usize,
    /// Rows of one owner.
    pub rows: u64,
    /// Bytes of all books in memory. The least used ones go first; the last one stays, whatever its size.
    pub memory: usize,
    /// Rows of a part, or a quarter more: so many that a table of millions has few parts to look into, and so few that one is built in
    /// little memory.
    pub part_rows: u32,
    /// Rows of a section of a staged run. Of each run that is merged one section is in memory.
    pub section_rows: u32,
    /// Runs that are merged at once, two at least. More of them are merged into fewer longer ones first.
    pub merged_runs: usize,
}

impl Default for RowLimits {
    fn default() -> Self {
        Self {
            names: 1_000,
            rows: 50_000_000,
            memory: 2 << 30,
            part_rows: 1 << 20,
            section_rows: 1 << 14,
            merged_runs: 64,
        }
    }
}

impl RowLimits {
    pub(crate) fn check_names<'n>(
        &self,
        book: &RowBook,
        names: impl Iterator<Item = &'n String>,
    ) -> Result<(), RowsError> {
        self.check_new_names(book, names.filter(|name| !book.tables.contains_key(*name)).count())
    }

    /// As [`Self::check_names`], of so many names that the book does not have.
    pub(crate) fn check_new_names(&self, book: &RowBook, others: usize) -> Result<(), RowsError> {
        if others > 0 && book.tables.len().saturating_add(others) > self.names {
            return Err(RowsError::TooMany { what: "names of selector rows", most: self.names as u64 });
        }
        Ok(())
    }

    pub(crate) fn check_rows(&self, rows: u64) -> Result<(), RowsError> {
        if rows > self.rows {
            return Err(RowsError::TooMany { what: "selector rows", most: self.rows });
        }
        Ok(())
    }
}
