//! The parts of a table, one after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use strowger_store::{Direction, Revision};

use crate::identity::RowKey;
use crate::part::{Part, Window};

/// A part and where it lies in the store.
pub(crate) struct StoredPart {
    /// The id of its blob.
    pub(crate) blob: String,
    /// The upload that has its bytes.
    pub(crate) upload: String,
    pub(crate) part: Part,
}

/// A row in the parts: number of the part, place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) part: usize,
    pub(crate) row: u32,
}

/// Rows of one carrier that count at the same times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    /// The lowest value, NaN where none has one.
    pub(crate) lowest: f64,
}

/// What rows add up to, by carrier and validity.
pub(crate) type Sums = BTreeMap<(Arc<str>, Window), Sum>;

/// The parts of a table, ascending; no key is in two.
#[derive(Default)]
pub(crate) struct Base {
    pub(crate) parts: Vec<Arc<StoredPart>>,
    /// Of the document that lists them; none where there is none.
    pub(crate) revision: Option<Revision>,
    sums: OnceLock<Sums>,
}

impl Base {
    pub(crate) fn new(parts: Vec<Arc<StoredPart>>, revision: Option<Revision>) -> Self {
        Self { parts, revision, sums: OnceLock::new() }
    }

    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(|stored| stored.part.size()).sum()
    }

    pub(crate) fn part(&self, part: usize) -> Option<&Part> {
        self.parts.get(part).map(|stored| &stored.part)
    }

    pub(crate) fn sums(&self) -> &Sums {
        self.sums.get_or_init(|| {
            let mut sums = Sums::new();
            for part in self.parts.iter().map(|stored| &stored.part) {
                for total in part.totals() {
                    let Some(resource) = part.resource(total.resource) else { continue };
                    let sum = sums.entry((resource.into(), total.window)).or_insert(Sum { rows: 0, lowest: f64::NAN });
                    sum.rows = sum.rows.saturating_add(u64::from(total.rows));
                    sum.lowest = sum.lowest.min(total.lowest);
                }
            }
            sums
        })
    }

    /// Where the row of a key is.
    pub(crate) fn find(&self, key: &RowKey) -> Option<Place> {
        let part = self.parts.partition_point(|stored| stored.part.last() < key.bytes());
        Some(Place { part, row: self.part(part)?.find(key)? })
    }

    pub(crate) fn key(&self, place: Place) -> Option<RowKey> {
        RowKey::parse(&self.part(place.part)?.key(place.row)?)
    }

    /// The first row whose key is not smaller.
    pub(crate) fn lower_bound(&self, key: &[u8]) -> Place {
        let part = self.parts.partition_point(|stored| stored.part.last() < key);
        Place { part, row: self.part(part).map_or(0, |part| part.lower_bound(key)) }
    }

    /// Places beyond a key in a direction; those of parts without the carrier are left out.
    pub(crate) fn beyond<'b>(
        &'b self,
        after: Option<&RowKey>,
        direction: Direction,
        resource: Option<&'b str>,
    ) -> Box<dyn Iterator<Item = Place> + Send + 'b> {
        let bound = after.map(|after| (after, self.lower_bound(after.bytes())));
        let wanted = move |part: &Part| resource.map(|resource| part.resource_number(resource));
        let rows_of = move |number: usize, from: u32, until: u32| {
            let part = self.part(number);
            let wanted = part.and_then(wanted);
            let range = if wanted == Some(None) { 0..0 } else { from..until };
            let is_wanted =
                move |row: &u32| wanted.is_none_or(|wanted| part.and_then(|part| part.resource_of(*row)) == wanted);
            range.filter(is_wanted).map(move |row| Place { part: number, row })
        };
        let rows = move |number: usize| self.part(number).map_or(0, Part::rows);
        match direction {
            Direction::Ascending => {
                let from = bound.map_or(Place { part: 0, row: 0 }, |(key, place)| self.past(key, place));
                let first = rows_of(from.part, from.row, rows(from.part));
                let rest = (from.part.saturating_add(1)..self.parts.len()).flat_map(move |n| rows_of(n, 0, rows(n)));
                Box::new(first.chain(rest))
            }
            Direction::Descending => {
                let until = bound.map_or(Place { part: self.parts.len(), row: 0 }, |(_, place)| place);
                let first = rows_of(until.part, 0, until.row).rev();
                let rest = (0..until.part).rev().flat_map(move |n| rows_of(n, 0, rows(n)).rev());
                Box::new(first.chain(rest))
            }
        }
    }

    /// One further, where the place is that of the key.
    fn past(&self, key: &RowKey, place: Place) -> Place {
        let is_it = self.key(place).is_some_and(|found| found == *key);
        if is_it { Place { row: place.row.saturating_add(1), ..place } } else { place }
    }
}
