//! Where the rows of a merge come from, in the order of their keys.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::deletion;
use crate::RowsError;
use crate::identity::RowKey;
use crate::overlay::Entry;
use crate::part::Part;
use crate::publication::Mode;
use crate::table::Table;

/// The rows of some parts, one after the other.
pub(super) struct PartRows {
    parts: Vec<Arc<dyn AsPart>>,
    part: usize,
    row: u32,
    group_end: u32,
    selector: Vec<u8>,
}

/// A part, wherever it comes from.
pub(super) trait AsPart: Send + Sync {
    fn part(&self) -> &Part;
}

impl AsPart for Part {
    fn part(&self) -> &Part {
        self
    }
}

impl AsPart for crate::base::StoredPart {
    fn part(&self) -> &Part {
        &self.part
    }
}

impl PartRows {
    fn new(parts: Vec<Arc<dyn AsPart>>) -> Self {
        Self { parts, part: 0, row: 0, group_end: 0, selector: Vec::new() }
    }

    fn current(&self) -> Option<&Part> {
        self.parts.get(self.part).map(|part| part.part())
    }

    /// The key of the next row.
    fn key(&mut self) -> Result<Option<Vec<u8>>, RowsError> {
        let Some(part) = self.parts.get(self.part).map(|part| part.part()) else { return Ok(None) };
        let damaged = || RowsError::Damaged("a part's row cannot be read".into());
        if self.row >= self.group_end {
            self.selector.clear();
            part.selector_of(self.row, &mut self.selector).ok_or_else(damaged)?;
            self.group_end = part.group_end(self.row);
        }
        let mut key = Vec::with_capacity(self.selector.len().saturating_add(48));
        key.extend_from_slice(&self.selector);
        part.end_key(self.row, &mut key).ok_or_else(damaged)?;
        Ok(Some(key))
    }

    fn payload(&self) -> Vec<u8> {
        self.current().and_then(|part| part.payload_bytes(self.row)).unwrap_or_default().to_vec()
    }

    fn step(&mut self) {
        self.row = self.row.saturating_add(1);
        if self.current().is_some_and(|part| self.row >= part.rows()) {
            self.next_part();
        }
    }

    fn next_part(&mut self) {
        (self.part, self.row, self.group_end) = (self.part.saturating_add(1), 0, 0);
    }
}

/// A source.
pub(super) enum Rows {
    /// The parts of the table.
    Below(PartRows),
    /// What lies over them.
    Over(std::vec::IntoIter<(RowKey, Arc<Entry>)>),
    /// A staged run.
    Staged(PartRows),
}

/// What a source says of a key.
pub(super) enum Place {
    Below(Vec<u8>),
    Over(Arc<Entry>),
    Staged(Vec<u8>),
}

/// All sources of a merge. Of equal keys the earlier source comes first: parts, what lies over them, runs in their order.
pub(crate) struct Sources {
    pub(super) name: String,
    sources: Vec<Rows>,
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    mode: Mode,
    is_begun: bool,
}

impl Sources {
    pub(crate) fn new(table: &Table, runs: &[Arc<Part>], mode: Mode) -> Self {
        let below = table.base.parts.iter().map(|part| Arc::clone(part) as Arc<dyn AsPart>).collect();
        let over: Vec<_> = table.overlay.iter().map(|(key, entry)| (key.clone(), Arc::clone(entry))).collect();
        let mut sources = vec![Rows::Below(PartRows::new(below)), Rows::Over(over.into_iter())];
        let runs = runs.iter().map(|run| Rows::Staged(PartRows::new(vec![Arc::clone(run) as Arc<dyn AsPart>])));
        sources.extend(runs);
        Self { name: table.name.to_string(), sources, heads: BinaryHeap::new(), mode, is_begun: false }
    }

    /// The smallest key that is left.
    pub(super) fn next_key(&mut self) -> Result<Option<Vec<u8>>, RowsError> {
        if !self.is_begun {
            self.is_begun = true;
            (0..self.sources.len()).try_for_each(|source| self.refill(source))?;
        }
        Ok(self.heads.peek().map(|Reverse((key, _))| key.clone()))
    }

    /// What the next source says of a key; none where no other has it.
    pub(super) fn take(&mut self, key: &[u8]) -> Result<Option<Place>, RowsError> {
        if self.heads.peek().is_none_or(|Reverse((head, _))| head != key) {
            return Ok(None);
        }
        let Some(Reverse((_, source))) = self.heads.pop() else { return Ok(None) };
        let place = match self.sources.get_mut(source) {
            None => None,
            Some(Rows::Over(rows)) => rows.next().map(|(_, entry)| Place::Over(entry)),
            Some(rows @ (Rows::Below(_) | Rows::Staged(_))) => rows.take(),
        };
        self.refill(source)?;
        Ok(place)
    }

    /// Passes over the whole part that comes next, if no other source has anything within it. Answers its number.
    pub(super) fn skip_part(&mut self) -> Option<usize> {
        let is_next = self.heads.peek().is_some_and(|Reverse((_, source))| *source == 0);
        let Some(Rows::Below(rows)) = self.sources.first_mut().filter(|_| is_next) else { return None };
        let part = rows.current()?;
        let number = rows.part;
        if rows.row != 0 {
            return None;
        }
        let own = self.heads.pop()?;
        if self.heads.peek().is_some_and(|Reverse((key, _))| key.as_slice() <= part.last()) {
            self.heads.push(own);
            return None;
        }
        rows.next_part();
        // A part whose rows cannot be read is found when it is merged.
        self.refill(0).ok()?;
        Some(number)
    }

    fn refill(&mut self, source: usize) -> Result<(), RowsError> {
        let is_deletion = self.mode == Mode::Delete;
        let key = match self.sources.get_mut(source) {
            None => None,
            Some(Rows::Over(rows)) => rows.as_slice().first().map(|(key, _)| key.bytes().to_vec()),
            Some(Rows::Below(rows)) => rows.key()?,
            Some(Rows::Staged(rows)) => rows.key()?.map(|key| if is_deletion { deletion(&key) } else { key }),
        };
        self.heads.extend(key.map(|key| Reverse((key, source))));
        Ok(())
    }
}

impl Rows {
    fn take(&mut self) -> Option<Place> {
        match self {
            Self::Over(_) => None,
            Self::Below(rows) => {
                let payload = rows.payload();
                rows.step();
                Some(Place::Below(payload))
            }
            Self::Staged(rows) => {
                let payload = rows.payload();
                rows.step();
                Some(Place::Staged(payload))
            }
        }
    }
}
