//! The rows of a piece of a file.

use strowger_model::selector_row::SelectorRow;

use super::{Columns, End, Failures, FormatError, Position, Records, row};

/// How much of a piece is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Records.
    pub records: u64,
    /// Failures that are listed; the others are counted.
    pub failures: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { records: 100_000, failures: 100_000 }
    }
}

/// Bytes of a file behind its header, from the beginning of a record on.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they begin.
    pub start: Position,
    /// Where they end.
    pub end: End,
}

/// What became of the records of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where the next piece begins.
    pub position: Position,
    /// Rows that were taken.
    pub taken: u64,
    /// Rows that failed.
    pub failed: u64,
    /// Rows that failed and are listed.
    pub listed: u64,
    /// Those, as CSV without a header.
    pub failures: Vec<u8>,
}

/// Takes a row that keeps the rules, or says why not.
pub type Judge<'j> = dyn FnMut(SelectorRow) -> Result<(), String> + 'j;

impl Piece<'_> {
    /// Reads the records that are complete, each of which is taken or listed with its line and the reason.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn read(&self, columns: &Columns, bounds: Bounds, take: &mut Judge<'_>) -> Result<Outcome, FormatError> {
        let mut records = Records::new(self.bytes, self.start, self.end);
        let mut failures = Failures::new(bounds.failures);
        let (mut taken, mut failed) = (0, 0);
        while taken + failed < bounds.records {
            let Some(record) = records.next()? else { break };
            match row::read(columns, record.fields).and_then(&mut *take) {
                Ok(()) => taken += 1,
                Err(reason) => {
                    failed += 1;
                    failures.push(record.line, &reason, record.fields);
                }
            }
        }
        let (failures, listed) = failures.finish();
        Ok(Outcome { position: records.position(), taken, failed, listed, failures })
    }
}
