//! Counting the records of a file while it arrives.

use super::{Column, Columns, End, FileError, HeaderError, Position, Records};

/// What is known of a file so far.
#[derive(Debug)]
pub struct Count {
    allowed: &'static [Column],
    header: Option<(Columns, Position)>,
    records: u64,
    position: Position,
    /// The beginning of a record whose end has not come.
    waiting: Vec<u8>,
}

/// A file that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its columns.
    pub columns: Columns,
    /// Where its rows begin.
    pub rows: Position,
    /// How many rows it has.
    pub records: u64,
}

impl Count {
    /// Of a file whose header may name these columns.
    #[must_use]
    pub fn new(allowed: &'static [Column]) -> Self {
        Self { allowed, header: None, records: 0, position: Position::START, waiting: Vec::new() }
    }

    /// Looks at the next bytes.
    ///
    /// # Errors
    /// [`FileError`]; no more of the file is needed then.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.waiting.extend_from_slice(bytes);
        self.look(End::Piece)
    }

    /// What the file was.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn finish(mut self) -> Result<Counted, FileError> {
        self.look(End::File)?;
        let (columns, rows) = self.header.ok_or(HeaderError::EMPTY)?;
        Ok(Counted { columns, rows, records: self.records })
    }

    fn look(&mut self, end: End) -> Result<(), FileError> {
        let mut records = Records::new(&self.waiting, self.position, end);
        if self.header.is_none() {
            let Some(header) = records.next()? else { return Ok(()) };
            let columns = Columns::of(header.fields, self.allowed)?;
            self.header = Some((columns, records.position()));
        }
        while records.next()?.is_some() {
            self.records += 1;
        }
        let read = records.position().offset - self.position.offset;
        self.position = records.position();
        self.waiting.drain(..usize::try_from(read).unwrap_or(usize::MAX).min(self.waiting.len()));
        Ok(())
    }
}
