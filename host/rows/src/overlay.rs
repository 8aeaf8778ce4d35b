//! Single rows over the parts of a table: what was put or removed since the parts were written.

use std::ops::Bound;
use std::sync::Arc;

use immutable_chunkmap::map::MapS;
use strowger_model::selector_row::SelectorRow;
use strowger_store::Revision;

use crate::base::Place;
use crate::identity::RowKey;

/// A row that lies over the parts.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Its document.
    pub(crate) document: String,
    /// The document's revision.
    pub(crate) revision: Revision,
    /// None where the row is gone.
    pub(crate) row: Option<SelectorRow>,
    /// The row of the same key below it.
    pub(crate) hides: Option<Place>,
}

/// The rows over one table, by key. A change shares all but a few nodes with the map that it was made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overlay(MapS<RowKey, Arc<Entry>>);

impl Overlay {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    pub(crate) fn get(&self, key: &RowKey) -> Option<&Arc<Entry>> {
        self.0.get(key)
    }

    pub(crate) fn insert(&mut self, key: RowKey, entry: Arc<Entry>) {
        self.0.insert_cow(key, entry);
    }

    pub(crate) fn remove(&mut self, key: &RowKey) {
        self.0.remove_cow(key);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&RowKey, &Arc<Entry>)> {
        (&self.0).into_iter()
    }

    pub(crate) fn range<'o>(
        &'o self,
        bounds: (Bound<&'o [u8]>, Bound<&'o [u8]>),
    ) -> impl DoubleEndedIterator<Item = (&'o RowKey, &'o Arc<Entry>)> {
        self.0.range::<[u8], _>(bounds)
    }

    /// Keys from a beginning on.
    pub(crate) fn from<'o>(&'o self, least: &'o [u8]) -> impl Iterator<Item = (&'o RowKey, &'o Arc<Entry>)> {
        self.range((Bound::Included(least), Bound::Unbounded))
    }

    /// The rows of a selector.
    pub(crate) fn of_selector<'o>(&'o self, selector: &'o [u8]) -> impl Iterator<Item = (&'o RowKey, &'o Arc<Entry>)> {
        self.from(selector)
            .take_while(move |(key, _)| key.bytes().strip_prefix(selector).is_some_and(|rest| rest.first() == Some(&0)))
    }
}
