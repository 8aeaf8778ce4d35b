//! A part: an immutable sorted segment of the rows of one name, read in place from its bytes.
//!
//! Selectors are the keys of a finite state transducer (crate `fst`), which shares their beginnings and ends and says where the group of
//! rows of each begins. A row is a few packed numbers: its carrier, its payload (value and kept keys) and its validity, each by its place
//! in a dictionary of the part, and one bit that ends a group. In a table of 20 carriers and 500,000 prefixes a row takes about 5 bytes.

mod builder;
mod format;
mod payload;
mod seek;
mod totals;

use bytes::Bytes;
use fst::raw::Fst;

pub(crate) use builder::{MAX_ROWS, PartBuilder};
pub(crate) use payload::{Payload, number_of};
pub(crate) use totals::Total;

use crate::RowsError;
use format::{Columns, Dictionary, Layout, Packed};

/// When a row counts, in Gregorian seconds; none is unbounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Window {
    pub(crate) start: Option<i64>,
    pub(crate) stop: Option<i64>,
}

impl Window {
    pub(crate) fn covers(self, gregorian: i64) -> bool {
        self.start.is_none_or(|start| start <= gregorian) && self.stop.is_none_or(|stop| gregorian <= stop)
    }
}

/// A part that is open. What it holds lies in one piece of memory; the rest is a few numbers.
pub(crate) struct Part {
    fst: Fst<Bytes>,
    rows: u32,
    resources: Dictionary,
    payloads: Dictionary,
    values: Bytes,
    windows: Vec<Window>,
    columns: Columns,
    totals: Vec<Total>,
    first: Vec<u8>,
    last: Vec<u8>,
    size: usize,
}

impl Part {
    /// Opens a part. Its bytes have been checked against their digest: what is looked at here is whether they hang together.
    pub(crate) fn open(bytes: &Bytes) -> Result<Self, RowsError> {
        let layout = Layout::read(bytes).ok_or_else(|| damaged("its sections do not hang together"))?;
        let fst = Fst::new(layout.fst).map_err(|error| damaged(&error.to_string()))?;
        let mut part = Self {
            fst,
            rows: layout.rows,
            resources: layout.resources,
            payloads: layout.payloads,
            values: layout.values,
            windows: layout.windows,
            columns: layout.columns,
            totals: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            size: bytes.len(),
        };
        part.totals = totals::of(&part);
        part.first = part.key(0).ok_or_else(|| damaged("it has no first row"))?;
        part.last = part.key(part.rows.saturating_sub(1)).ok_or_else(|| damaged("it has no last row"))?;
        Ok(part)
    }

    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// Bytes of memory, the dictionary of values included.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Key of the first row.
    pub(crate) fn first(&self) -> &[u8] {
        &self.first
    }

    /// Key of the last row.
    pub(crate) fn last(&self) -> &[u8] {
        &self.last
    }

    /// The carriers of its rows, ascending; a row names them by their place here.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &str> {
        (0..self.resources.len()).filter_map(|index| self.resource(index))
    }

    pub(crate) fn resource(&self, index: u32) -> Option<&str> {
        std::str::from_utf8(self.resources.get(index)?).ok()
    }

    /// How many rows each carrier has in each window, and their lowest value.
    pub(crate) fn totals(&self) -> &[Total] {
        &self.totals
    }

    pub(crate) fn resource_of(&self, row: u32) -> Option<u32> {
        self.columns.resource.get(row)
    }

    pub(crate) fn window_of(&self, row: u32) -> Option<Window> {
        let index = self.columns.window.get(row)?;
        self.windows.get(usize::try_from(index).ok()?).copied()
    }

    /// The row's value as a number, NaN where it is none.
    pub(crate) fn value_of(&self, row: u32) -> f64 {
        self.columns.payload.get(row).map_or(f64::NAN, |index| format::float(&self.values, index))
    }

    pub(crate) fn payload_of(&self, row: u32) -> Option<Payload<'_>> {
        Payload::read(self.payload_bytes(row)?)
    }

    pub(crate) fn payload_bytes(&self, row: u32) -> Option<&[u8]> {
        self.payloads.get(self.columns.payload.get(row)?)
    }

    fn packed(&self) -> (&Packed, &Packed) {
        (&self.columns.resource, &self.columns.window)
    }
}

fn damaged(reason: &str) -> RowsError {
    RowsError::Damaged(format!("a part: {reason}"))
}

#[cfg(test)]
mod tests;
