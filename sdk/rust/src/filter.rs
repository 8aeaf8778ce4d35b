//! Words that filters share in a chain.

use std::cell::Cell;

use serde::Deserialize;

use crate::explain::Trace;

/// Keeps the rows that stay, in their order. The reason for each that goes is made only where somebody traces.
pub fn retain(rows: &mut Vec<u32>, stays: impl Fn(u32) -> bool, why: impl Fn(u32) -> String) {
    let trace = Trace::of_decision();
    if trace.is_wanted() {
        for &row in rows.iter().filter(|&&row| !stays(row)) {
            trace.reason(row, || why(row));
        }
    }
    // Which carriers go is anybody's guess, a processor's too: every row is moved, and the next one over it if it does not stay.
    let cells = Cell::from_mut(rows.as_mut_slice()).as_slice_of_cells();
    let mut kept = 0;
    for cell in cells {
        let row = cell.get();
        if let Some(slot) = cells.get(kept) {
            slot.set(row);
        }
        kept += usize::from(stays(row));
    }
    rows.truncate(kept);
}

/// A set of rows of the pool.
#[derive(Debug, Clone, Default)]
pub struct RowSet(Vec<bool>);

impl RowSet {
    /// Whether the row is in it.
    #[must_use]
    #[inline]
    pub fn has(&self, row: u32) -> bool {
        self.0.get(row as usize).copied().unwrap_or(false)
    }
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Vec::new();
        for row in rows {
            let row = row as usize;
            if row >= set.len() {
                set.resize(row + 1, false);
            }
            if let Some(slot) = set.get_mut(row) {
                *slot = true;
            }
        }
        Self(set)
    }
}

/// What a filter does with the carriers that fit.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// They stay and the others go.
    Keep,
    /// They go and the others stay.
    Drop,
}

/// What becomes of a carrier that has nothing to compare with, whatever the action.
#[derive(Deserialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It stays.
    EmptyOk,
    /// It goes.
    #[default]
    EmptyFail,
}
