//! Reading parts row by row.

use std::sync::Arc;

use tokio::runtime::Handle;

use crate::RowsError;
use crate::base::StoredPart;
use crate::part::Part;
use crate::run::{RunReader, Section};

/// A place in a part.
#[derive(Default)]
struct Cursor {
    row: u32,
    group_end: u32,
    selector: Vec<u8>,
}

impl Cursor {
    fn key(&mut self, part: &Part) -> Result<Vec<u8>, RowsError> {
        let damaged = || RowsError::Damaged("a part's row cannot be read".into());
        if self.row >= self.group_end {
            self.selector.clear();
            part.selector_of(self.row, &mut self.selector).ok_or_else(damaged)?;
            self.group_end = part.group_end(self.row);
        }
        let mut key = Vec::with_capacity(self.selector.len().saturating_add(48));
        key.extend_from_slice(&self.selector);
        part.end_key(self.row, &mut key).ok_or_else(damaged)?;
        Ok(key)
    }

    fn payload(&self, part: &Part) -> Vec<u8> {
        part.payload_bytes(self.row).unwrap_or_default().to_vec()
    }

    /// Goes on; false where the part ends there.
    fn step(&mut self, part: &Part) -> bool {
        self.row = self.row.saturating_add(1);
        self.row < part.rows()
    }
}

/// The rows of a table's parts, one part after the other.
pub(super) struct BaseRows {
    parts: Vec<Arc<StoredPart>>,
    part: usize,
    cursor: Cursor,
}

impl BaseRows {
    pub(super) fn new(parts: Vec<Arc<StoredPart>>) -> Self {
        Self { parts, part: 0, cursor: Cursor::default() }
    }

    /// The key of the next row.
    pub(super) fn key(&mut self) -> Result<Option<Vec<u8>>, RowsError> {
        let Some(stored) = self.parts.get(self.part) else { return Ok(None) };
        self.cursor.key(&stored.part).map(Some)
    }

    /// What the next row says, which is passed over.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let part = &self.parts.get(self.part)?.part;
        let payload = self.cursor.payload(part);
        if !self.cursor.step(part) {
            self.next_part();
        }
        Some(payload)
    }

    /// The part that is read and its number.
    pub(super) fn current(&self) -> Option<(usize, &Part)> {
        self.parts.get(self.part).map(|stored| (self.part, &stored.part))
    }

    /// Whether nothing of the current part was read.
    pub(super) fn is_at_start(&self) -> bool {
        self.cursor.row == 0
    }

    /// Rows that are left of a part some of which were read.
    pub(super) fn rest(&self) -> u32 {
        match self.current() {
            Some((_, part)) if !self.is_at_start() => part.rows().saturating_sub(self.cursor.row),
            _ => 0,
        }
    }

    pub(super) fn next_part(&mut self) {
        (self.part, self.cursor) = (self.part.saturating_add(1), Cursor::default());
    }
}

/// The rows of a run, of which one section is in memory.
pub(super) struct RunRows {
    reader: RunReader,
    section: Option<Section>,
    cursor: Cursor,
}

impl RunRows {
    pub(super) async fn begin(mut reader: RunReader) -> Result<Self, RowsError> {
        let section = reader.next().await?;
        Ok(Self { reader, section, cursor: Cursor::default() })
    }

    /// The name of the next row.
    pub(super) fn name(&self) -> Option<&Arc<str>> {
        self.section.as_ref().map(|section| &section.name)
    }

    /// The key of the next row, if it is of that name.
    pub(super) fn key(&mut self, name: &str) -> Result<Option<Vec<u8>>, RowsError> {
        let Some(section) = self.section.as_ref().filter(|section| *section.name == *name) else { return Ok(None) };
        self.cursor.key(&section.part).map(Some)
    }

    /// What the next row says, which is passed over. Waits for the store at the end of a section.
    pub(super) fn take(&mut self, runtime: &Handle) -> Result<Option<Vec<u8>>, RowsError> {
        let Some(section) = &self.section else { return Ok(None) };
        let payload = self.cursor.payload(&section.part);
        if !self.cursor.step(&section.part) {
            // First, so that there are never two.
            self.section = None;
            (self.section, self.cursor) = (runtime.block_on(self.reader.next())?, Cursor::default());
        }
        Ok(Some(payload))
    }
}
