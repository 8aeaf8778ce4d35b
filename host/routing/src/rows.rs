//! The selector rows of a decision: the account's book, and the installation's where the pool has global carriers, joined to the pool.

mod expressions;
mod join;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::Mutex;
use strowger_model::time::to_gregorian;
use strowger_rows::{Hit, RowBook, Visit};
use strowger_sandbox::{Hits, RowSource};

use crate::snapshot::Snapshot;
use join::Join;
pub(crate) use join::Joins;

/// What one decision sees.
pub(crate) struct DecisionRows {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) books: Vec<Arc<RowBook>>,
    /// The names that steps have asked for, where the decision is explained.
    pub(crate) asked: Option<Mutex<BTreeSet<String>>>,
}

/// Names whose rows are told of.
const MOST_NAMES: usize = 32;

impl DecisionRows {
    /// What is to be told of rows that no step can use: their carriers are not among those of the call.
    pub(crate) fn notes(&self) -> Vec<String> {
        let names = self.asked.as_ref().map(|asked| asked.lock().clone()).unwrap_or_default();
        let told = names.iter().flat_map(|name| self.joins(name).map(move |join| join.note(name)));
        told.flatten().collect()
    }

    fn joins(&self, name: &str) -> impl Iterator<Item = Arc<Join>> {
        if let Some(asked) = &self.asked {
            let mut asked = asked.lock();
            if asked.len() < MOST_NAMES && !asked.contains(name) {
                asked.insert(name.to_owned());
            }
        }
        let tables = self.books.iter().enumerate().filter_map(move |(book, rows)| Some((book, rows.table(name)?)));
        tables.map(move |(book, table)| self.snapshot.joins.get(book, name, table, &self.snapshot.pool))
    }

    fn hits(&self, name: &str, mut look: impl FnMut(&Join, &mut Visit<'_>)) -> Hits {
        let mut hits = Hits::default();
        for join in self.joins(name) {
            look(&join, &mut |hit: Hit<'_>| {
                if let Some(row) = join.row(hit.carrier, &self.snapshot.pool) {
                    hits.push(row, u32::try_from(hit.length).unwrap_or(u32::MAX), hit.value);
                }
            });
        }
        hits
    }
}

/// Documents carry Gregorian seconds.
fn gregorian(time: u64) -> i64 {
    to_gregorian(i64::try_from(time).unwrap_or(i64::MAX))
}

impl RowSource for DecisionRows {
    fn present(&self, name: &str, time: u64) -> Vec<u32> {
        let at = gregorian(time);
        let mut rows: Vec<u32> = self.joins(name).flat_map(|join| join.lowest(at)).map(|(row, _)| row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    fn exact(&self, name: &str, key: &str, time: u64) -> Hits {
        self.hits(name, |join, visit| join.table.exact(key, gregorian(time), visit))
    }

    fn prefixes(&self, name: &str, number: &str, time: u64) -> Hits {
        let number = number.strip_prefix('+').unwrap_or(number);
        self.hits(name, |join, visit| join.table.prefixes(number, gregorian(time), visit))
    }

    fn matching(&self, name: &str, text: &str, time: u64) -> Hits {
        let mut is_match = |expression: &str| self.snapshot.joins.expressions.is_match(expression, text);
        self.hits(name, |join, visit| join.table.matching(text, gregorian(time), &mut is_match, visit))
    }

    fn selectors(&self, name: &str, row: u32, time: u64) -> Vec<String> {
        let (id, at) = (self.snapshot.pool.id(row), gregorian(time));
        let of = |rows: &Arc<RowBook>| rows.table(name).map(|table| table.selectors_of(id, at)).unwrap_or_default();
        self.books.iter().flat_map(of).collect()
    }

    fn lowest(&self, name: &str, time: u64) -> Hits {
        let at = gregorian(time);
        let mut lowest: BTreeMap<u32, f64> = BTreeMap::new();
        for (row, value) in self.joins(name).flat_map(|join| join.lowest(at)) {
            let best = lowest.entry(row).or_insert(value);
            *best = best.min(value);
        }
        let mut hits = Hits::default();
        lowest.into_iter().for_each(|(row, value)| hits.push(row, 0, value));
        hits
    }
}

#[cfg(test)]
mod tests;
