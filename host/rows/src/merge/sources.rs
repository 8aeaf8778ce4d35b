//! Where the rows of a merge come from, in the order of their keys.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::Store;
use tokio::runtime::Handle;

use super::cursor::{BaseRows, RunRows};
use super::deletion;
use crate::RowsError;
use crate::identity::RowKey;
use crate::overlay::Entry;
use crate::publication::Mode;
use crate::run::{Gauge, Run, RunReader};
use crate::table::Table;

/// Runs that are being read, in their order: of two rows that mean the same, that of the later run counts.
pub(crate) struct Runs {
    rows: Vec<RunRows>,
    runtime: Handle,
}

impl Runs {
    pub(crate) async fn open(
        store: &Arc<dyn Store>,
        owner: Owner,
        runs: &[Run],
        gauge: &Arc<Gauge>,
    ) -> Result<Self, RowsError> {
        let mut rows = Vec::with_capacity(runs.len());
        for run in runs {
            rows.push(RunRows::begin(RunReader::new(store, owner, run.clone(), gauge)).await?);
        }
        Ok(Self { rows, runtime: Handle::current() })
    }

    /// The name whose rows come next.
    pub(crate) fn next_name(&self) -> Option<Arc<str>> {
        self.rows.iter().filter_map(RunRows::name).min().cloned()
    }
}

/// What a source says of a key.
pub(crate) enum Place {
    Below(Vec<u8>),
    Over(Arc<Entry>),
    Staged(Vec<u8>),
}

/// The numbers of the sources: of equal keys the one with the lower number comes first.
const BELOW: usize = 0;
const OVER: usize = 1;
const RUNS: usize = 2;

/// All sources of one name: the parts of its table, what lies over them, and the runs in their order. Reading a run may wait for the store:
/// whoever merges does so on a thread of its own.
pub(crate) struct Sources {
    pub(super) name: String,
    below: BaseRows,
    over: std::vec::IntoIter<(RowKey, Arc<Entry>)>,
    runs: Runs,
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    mode: Mode,
    is_begun: bool,
}

impl Sources {
    pub(crate) fn new(table: &Table, runs: Runs, mode: Mode) -> Self {
        let over: Vec<_> = table.overlay.iter().map(|(key, entry)| (key.clone(), Arc::clone(entry))).collect();
        Self {
            name: table.name.to_string(),
            below: BaseRows::new(table.base.parts.clone()),
            over: over.into_iter(),
            runs,
            heads: BinaryHeap::new(),
            mode,
            is_begun: false,
        }
    }

    /// The runs, whose rows of this name are read.
    pub(crate) fn into_runs(self) -> Runs {
        self.runs
    }

    /// The smallest key that is left.
    pub(crate) fn next_key(&mut self) -> Result<Option<Vec<u8>>, RowsError> {
        if !self.is_begun {
            self.is_begun = true;
            (0..RUNS.saturating_add(self.runs.rows.len())).try_for_each(|source| self.refill(source))?;
        }
        Ok(self.heads.peek().map(|Reverse((key, _))| key.clone()))
    }

    /// What the next source says of a key; none where no other has it.
    pub(crate) fn take(&mut self, key: &[u8]) -> Result<Option<Place>, RowsError> {
        if self.heads.peek().is_none_or(|Reverse((head, _))| head != key) {
            return Ok(None);
        }
        let Some(Reverse((_, source))) = self.heads.pop() else { return Ok(None) };
        let place = match source {
            BELOW => self.below.take().map(Place::Below),
            OVER => self.over.next().map(|(_, entry)| Place::Over(entry)),
            run => match self.runs.rows.get_mut(run.saturating_sub(RUNS)) {
                Some(rows) => rows.take(&self.runs.runtime)?.map(Place::Staged),
                None => None,
            },
        };
        self.refill(source)?;
        Ok(place)
    }

    /// Rows that are left of the part of the table that is being read.
    pub(super) fn rest_of_part(&self) -> u32 {
        self.below.rest()
    }

    /// Passes over the whole part that comes next, if no other source has anything within it. Answers its number.
    pub(super) fn skip_part(&mut self) -> Option<usize> {
        let (number, part) = self.below.current().filter(|_| self.below.is_at_start())?;
        let is_next = self.heads.peek().is_some_and(|Reverse((_, source))| *source == BELOW);
        let own = if is_next { self.heads.pop()? } else { return None };
        if self.heads.peek().is_some_and(|Reverse((key, _))| key.as_slice() <= part.last()) {
            self.heads.push(own);
            return None;
        }
        self.below.next_part();
        // A part whose rows cannot be read is found when it is merged.
        self.refill(BELOW).ok()?;
        Some(number)
    }

    fn refill(&mut self, source: usize) -> Result<(), RowsError> {
        let key = match source {
            BELOW => self.below.key()?,
            OVER => self.over.as_slice().first().map(|(key, _)| key.bytes().to_vec()),
            run => match self.runs.rows.get_mut(run.saturating_sub(RUNS)) {
                Some(rows) => rows.key(&self.name)?,
                None => None,
            },
        };
        let key = match self.mode {
            Mode::Delete if source >= RUNS => key.map(|key| deletion(&key)),
            Mode::Delete | Mode::Upsert | Mode::Replace => key,
        };
        self.heads.extend(key.map(|key| Reverse((key, source))));
        Ok(())
    }
}
