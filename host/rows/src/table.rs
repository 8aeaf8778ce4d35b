//! The rows of one name.

use std::collections::BTreeMap;
use std::ops::Bound;

use strowger_store::Direction;

use crate::identity::RowKey;
use crate::overlay::Overlay;
use crate::row::StoredRow;

/// The rows of one name: what was put or removed over the parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) overlay: Overlay,
}

impl Table {
    /// How many rows each carrier has; one that has none is not in it.
    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (key, _) in self.overlay.iter().filter(|(_, entry)| entry.row.is_some()) {
            *counts.entry(key.resource().to_owned()).or_default() += 1;
        }
        counts
    }

    pub(crate) fn get(&self, key: &RowKey) -> Option<StoredRow> {
        let row = self.overlay.get(key)?.row.clone()?;
        Some(row.into())
    }

    /// Up to `limit` rows beyond a key.
    pub(crate) fn page(
        &self,
        resource: Option<&str>,
        after: Option<&RowKey>,
        direction: Direction,
        limit: usize,
    ) -> Vec<StoredRow> {
        let beyond = after.map_or(Bound::Unbounded, Bound::Excluded);
        let is_wanted = |key: &RowKey| resource.is_none_or(|resource| key.resource() == resource);
        let read = |(key, entry): (&RowKey, &std::sync::Arc<crate::overlay::Entry>)| {
            entry.row.clone().filter(|_| is_wanted(key)).map(StoredRow::from)
        };
        match direction {
            Direction::Ascending => {
                self.overlay.range((beyond, Bound::Unbounded)).filter_map(read).take(limit).collect()
            }
            Direction::Descending => {
                self.overlay.range((Bound::Unbounded, beyond)).rev().filter_map(read).take(limit).collect()
            }
        }
    }
}
