//! Records out of a piece of a file, wherever the piece was cut.

use std::io::{Chain, Read};

use csv::{ByteRecord, ReaderBuilder};

/// Longest record in bytes. A quote that is never closed makes a record of the rest of a file.
pub const MAX_RECORD: usize = 64 << 10;

/// A file that is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// One record is longer than any row can be.
    #[error("the record in line {0} has more than {MAX_RECORD} bytes: is a quote missing?")]
    TooLong(u64),
}

/// Where a piece ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With the file: its last record needs no line end.
    File,
    /// Somewhere in the file: a record that reaches the end may go on behind it.
    Piece,
}

/// A place between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// The line, counted from 1.
    pub line: u64,
}

impl Position {
    /// Where a file begins.
    pub const START: Self = Self { offset: 0, line: 1 };

    pub(super) fn index(self) -> usize {
        usize::try_from(self.offset).unwrap_or(usize::MAX)
    }

    pub(super) fn is_at(self, index: usize) -> bool {
        self.index() >= index
    }

    fn after(self, bytes: &[u8]) -> Self {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        Self { offset: self.offset + bytes.len() as u64, line: self.line + lines as u64 }
    }
}

/// One record and where it begins.
#[derive(Debug)]
pub struct Record<'r> {
    /// Its line in the file.
    pub line: u64,
    /// Its cells.
    pub fields: &'r ByteRecord,
}

/// The complete records of a piece.
pub struct Records<'a> {
    bytes: &'a [u8],
    end: End,
    start: Position,
    /// Where the next record begins, line ends that it may have before it included.
    next: Position,
    reader: csv::Reader<Chain<&'a [u8], &'a [u8]>>,
    /// Bytes that the reader was given before the piece.
    before: usize,
    record: ByteRecord,
}

impl<'a> Records<'a> {
    /// The records of `bytes`, which begin at `start` of a file.
    #[must_use]
    pub fn new(bytes: &'a [u8], start: Position, end: End) -> Self {
        // A byte order mark is one at the beginning of a file only; a reader takes it away at the beginning of what it reads.
        let before: &[u8] = if start == Position::START { b"" } else { b"\n" };
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).buffer_capacity(MAX_RECORD);
        let reader = builder.from_reader(before.chain(bytes));
        Self { bytes, end, start, next: start, reader, before: before.len(), record: ByteRecord::new() }
    }

    /// Where the records end that were read: a later piece begins there.
    #[must_use]
    pub fn position(&self) -> Position {
        self.next
    }

    /// The next record; none where no complete one is left. Empty lines are none.
    ///
    /// # Errors
    /// [`FormatError`]; the file is not read any further.
    #[expect(clippy::should_implement_trait, reason = "a record is lent until the next one is read")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, FormatError> {
        let begin = self.begin();
        // Reading out of memory, and rows of any length, cannot fail.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            let rest = self.bytes.get(self.relative(begin)..).unwrap_or_default();
            self.next = if self.end == End::File { begin.after(rest) } else { begin };
            return Ok(None);
        }
        let read = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let (from, to) = (self.relative(begin), read.saturating_sub(self.before));
        if to.saturating_sub(from) > MAX_RECORD {
            return Err(FormatError::TooLong(begin.line));
        }
        if self.end == End::Piece && to >= self.bytes.len() {
            self.next = begin;
            return Ok(None);
        }
        self.next = begin.after(self.bytes.get(from..to).unwrap_or_default());
        Ok(Some(Record { line: begin.line, fields: &self.record }))
    }

    /// Behind the line ends before the next record: the second byte of a CRLF and empty lines.
    fn begin(&self) -> Position {
        let rest = self.bytes.get(self.relative(self.next)..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.next.after(rest.get(..ends).unwrap_or_default())
    }

    fn relative(&self, position: Position) -> usize {
        usize::try_from(position.offset - self.start.offset).unwrap_or(usize::MAX)
    }
}
