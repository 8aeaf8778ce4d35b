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
}

impl Default for RowLimits {
    fn default() -> Self {
        Self { names: 1_000, rows: 50_000_000, memory: 2 << 30 }
    }
}

impl RowLimits {
    pub(crate) fn check_names<'n>(
        &self,
        book: &RowBook,
        names: impl Iterator<Item = &'n String>,
    ) -> Result<(), RowsError> {
        let others = names.filter(|name| !book.tables.contains_key(*name)).count();
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
