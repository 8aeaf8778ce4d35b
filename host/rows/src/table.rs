//! The rows of one name: parts, and single rows over them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use strowger_model::selector_row::SelectorRow;
use strowger_store::{Direction, Revision};

use crate::base::{Base, Place, Sums};
use crate::identity::RowKey;
use crate::overlay::{Entry, Overlay};
use crate::row::StoredRow;
use crate::sums;

/// About how many bytes a row over the parts takes.
const LAID: usize = 512;

/// The rows of one name at one moment.
#[derive(Default)]
pub struct Table {
    pub(crate) name: Arc<str>,
    pub(crate) base: Arc<Base>,
    pub(crate) overlay: Overlay,
    sums: OnceLock<Sums>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A copy is about to be changed.
impl Clone for Table {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            base: Arc::clone(&self.base),
            overlay: self.overlay.clone(),
            sums: OnceLock::new(),
        }
    }
}

impl Table {
    pub(crate) fn new(name: &str, base: Arc<Base>) -> Self {
        Self { name: name.into(), base, ..Self::default() }
    }

    /// Lays a row, or its absence, over the parts.
    pub(crate) fn lay(&mut self, key: RowKey, document: String, revision: Revision, row: Option<SelectorRow>) {
        let hides = self.base.find(&key);
        self.overlay.insert(key, Arc::new(Entry { document, revision, row, hides }));
        self.sums = OnceLock::new();
    }

    pub(crate) fn lift(&mut self, key: &RowKey) {
        self.overlay.remove(key);
        self.sums = OnceLock::new();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.base.parts.is_empty() && self.overlay.is_empty()
    }

    /// What the rows add up to: read once for each version of the table.
    pub(crate) fn sums(&self) -> &Sums {
        match self.overlay.is_empty() {
            true => self.base.sums(),
            false => self.sums.get_or_init(|| sums::over(&self.base, &self.overlay)),
        }
    }

    /// How many rows each carrier has; one that has none is not in it.
    pub(crate) fn counts(&self) -> BTreeMap<Arc<str>, u64> {
        let mut counts: BTreeMap<Arc<str>, u64> = BTreeMap::new();
        for ((resource, _), sum) in self.sums() {
            *counts.entry(Arc::clone(resource)).or_default() += sum.rows;
        }
        counts
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn size(&self) -> usize {
        self.base.size().saturating_add(self.overlay.len().saturating_mul(LAID))
    }

    pub(crate) fn rows(&self) -> u64 {
        self.sums().values().map(|sum| sum.rows).sum()
    }

    pub(crate) fn get(&self, key: &RowKey) -> Option<StoredRow> {
        match self.overlay.get(key) {
            Some(entry) => entry.row.clone().map(StoredRow::from),
            None => self.row(self.base.find(key)?),
        }
    }

    /// The row at a place of the parts.
    fn row(&self, place: Place) -> Option<StoredRow> {
        let key = self.base.key(place)?;
        let parts = key.parts()?;
        let payload = self.base.part(place.part)?.payload_of(place.row)?;
        let row = SelectorRow {
            name: self.name.to_string(),
            selector: parts.selector.to_owned(),
            resource: parts.resource.to_owned(),
            value: payload.value.map(str::to_owned),
            start_time: parts.start,
            stop_time: parts.stop,
            extra: payload.extra(),
        };
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
        let mut below = self.base.beyond(after, direction, resource).peekable();
        let mut above = self.above(after, direction).peekable();
        let mut rows = Vec::new();
        while rows.len() < limit {
            let low = below.peek().and_then(|place| self.base.key(*place));
            let is_above = match (&low, above.peek()) {
                (None, None) => break,
                (Some(low), Some((key, _))) => match direction {
                    Direction::Ascending => *key <= low,
                    Direction::Descending => *key >= low,
                },
                (low, _) => low.is_none(),
            };
            if !is_above {
                rows.extend(below.next().and_then(|place| self.row(place)));
            } else if let Some((key, entry)) = above.next() {
                if low.as_ref() == Some(key) {
                    below.next();
                }
                let wanted = resource.is_none_or(|resource| key.resource() == resource);
                rows.extend(entry.row.clone().filter(|_| wanted).map(StoredRow::from));
            }
        }
        rows
    }

    fn above<'t>(
        &'t self,
        after: Option<&'t RowKey>,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = (&'t RowKey, &'t Arc<Entry>)> + 't> {
        let beyond = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.bytes()));
        match direction {
            Direction::Ascending => Box::new(self.overlay.range((beyond, Bound::Unbounded))),
            Direction::Descending => Box::new(self.overlay.range((Bound::Unbounded, beyond)).rev()),
        }
    }
}
