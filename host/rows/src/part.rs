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

use std::cmp::Ordering;
use std::sync::OnceLock;

use bytes::Bytes;
use fst::raw::Fst;

pub(crate) use builder::PartBuilder;
pub(crate) use payload::{Payload, number_of};
pub(crate) use seek::Group;
pub(crate) use totals::Total;

use crate::RowsError;
use format::{Columns, Dictionary, Layout, Packed};

/// When a row counts, in Gregorian seconds; none is unbounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Window {
    /// The first second.
    pub start: Option<i64>,
    /// The last second.
    pub stop: Option<i64>,
}

impl Window {
    /// Whether a row counts at that second.
    #[must_use]
    pub fn covers(self, gregorian: i64) -> bool {
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
    /// Where the groups of expressions begin; found when they are first asked for.
    expressions: OnceLock<Vec<u32>>,
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
            expressions: OnceLock::new(),
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

    /// The number that rows name a carrier by.
    pub(crate) fn resource_number(&self, resource: &str) -> Option<u32> {
        let (mut from, mut until) = (0, self.resources.len());
        while from < until {
            let middle = from + (until - from) / 2;
            match self.resources.get(middle)?.cmp(resource.as_bytes()) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => until = middle,
            }
        }
        None
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

    /// The groups of selectors that are expressions.
    pub(crate) fn expressions(&self) -> &[u32] {
        self.expressions.get_or_init(|| {
            let mut groups = Vec::new();
            self.each_selector(&mut |selector, group| {
                if is_expression(selector) {
                    groups.push(group.start);
                }
            });
            groups
        })
    }

    fn packed(&self) -> (&Packed, &Packed) {
        (&self.columns.resource, &self.columns.window)
    }
}

/// Whether a selector is taken for an expression. Compiling millions of plain prefixes as expressions would cost much and say nothing.
pub(crate) fn is_expression(selector: &[u8]) -> bool {
    selector.iter().any(|byte| br"^$\[(*?.|{".contains(byte))
}

fn damaged(reason: &str) -> RowsError {
    RowsError::Damaged(format!("a part: {reason}"))
}

#[cfg(test)]
mod tests;
