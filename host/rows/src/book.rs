//! All rows of one owner at one moment.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use strowger_store::Direction;

use crate::identity::RowId;
use crate::row::StoredRow;
use crate::table::Table;

/// Which rows a page is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowFilter {
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those of this carrier.
    pub resource: Option<String>,
}

/// All rows of one owner as they were at one moment. A change makes another book; whoever reads this one is not disturbed.
#[derive(Debug, Clone, Default)]
pub struct RowBook {
    pub(crate) tables: BTreeMap<String, Arc<Table>>,
}

impl RowBook {
    /// Every name that has rows, ascending, and how many.
    #[must_use]
    pub fn names(&self) -> Vec<(String, u64)> {
        self.each(|counts| counts.values().sum())
    }

    /// Every carrier that has rows, ascending, and how many.
    #[must_use]
    pub fn resources(&self) -> Vec<(String, u64)> {
        let mut all: BTreeMap<Arc<str>, u64> = BTreeMap::new();
        for (resource, count) in self.tables.values().flat_map(|table| table.counts()) {
            *all.entry(resource).or_default() += count;
        }
        texts(all)
    }

    /// The carriers that a name has rows of, ascending, and how many.
    #[must_use]
    pub fn resources_of(&self, name: &str) -> Vec<(String, u64)> {
        self.tables.get(name).map(|table| texts(table.counts())).unwrap_or_default()
    }

    /// The names under which a carrier has rows, ascending, and how many.
    #[must_use]
    pub fn names_of(&self, resource: &str) -> Vec<(String, u64)> {
        self.each(|counts| counts.get(resource).copied().unwrap_or(0))
    }

    /// The rows of a name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows()).sum()
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.tables.values().map(|table| table.size()).sum()
    }

    /// One row.
    #[must_use]
    pub fn get(&self, id: &RowId) -> Option<StoredRow> {
        self.tables.get(&id.name)?.get(&id.key)
    }

    /// Up to `limit` rows beyond `after`, which need not be there any more. Rows are sorted by name, selector, carrier, times. Where a
    /// carrier is asked for that has few rows among very many of others, this takes milliseconds.
    #[must_use]
    pub fn page(
        &self,
        filter: &RowFilter,
        after: Option<&RowId>,
        direction: Direction,
        limit: usize,
    ) -> Vec<StoredRow> {
        let mut rows = Vec::new();
        for (name, table) in self.beyond(filter, after, direction) {
            let after = after.filter(|after| after.name == *name).map(|after| &after.key);
            let left = limit.saturating_sub(rows.len());
            rows.extend(table.page(filter.resource.as_deref(), after, direction, left));
            if rows.len() == limit {
                break;
            }
        }
        rows
    }

    /// The tables that a page may have rows of, in its direction.
    fn beyond<'b>(
        &'b self,
        filter: &RowFilter,
        after: Option<&RowId>,
        direction: Direction,
    ) -> Vec<(&'b String, &'b Arc<Table>)> {
        let bound = after.map_or(Bound::Unbounded, |after| Bound::Included(after.name.as_str()));
        let bounds = match direction {
            Direction::Ascending => (bound, Bound::Unbounded),
            Direction::Descending => (Bound::Unbounded, bound),
        };
        let tables = self.tables.range::<str, _>(bounds);
        let mut tables: Vec<_> =
            tables.filter(|(name, _)| filter.name.as_ref().is_none_or(|wanted| wanted == *name)).collect();
        if direction == Direction::Descending {
            tables.reverse();
        }
        tables
    }

    fn each(&self, count: impl Fn(&BTreeMap<Arc<str>, u64>) -> u64) -> Vec<(String, u64)> {
        let counted = self.tables.iter().map(|(name, table)| (name.clone(), count(&table.counts())));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

fn texts(counts: BTreeMap<Arc<str>, u64>) -> Vec<(String, u64)> {
    counts.into_iter().map(|(text, count)| (text.to_string(), count)).collect()
}
