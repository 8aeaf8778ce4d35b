//! A run: rows in the order of their names and keys, in the store, read and written piece by piece.
//!
//! It is a series of *sections*, each of which is a small part (see [`crate::part`]) with its name before it: so many rows that the part's
//! dictionaries pay, and so few that one section of each of many runs fits in memory.

mod reader;
mod section;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use strowger_store::Blob;

pub(crate) use reader::RunReader;
pub(crate) use section::{Section, SectionBuilder};
pub(crate) use writer::{RunWriter, Written};

/// Where a run lies: one blob, or several where it is too long for one.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) blobs: Vec<Blob>,
}

/// How many sections are in memory, and how many were at most.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    #[cfg(test)]
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    #[cfg(test)]
    pub(crate) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    fn enter(self: &Arc<Self>) -> Loaded {
        let now = self.now.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        self.most.fetch_max(now, Ordering::SeqCst);
        Loaded(Arc::clone(self))
    }
}

/// A section is in memory.
#[derive(Debug)]
pub(crate) struct Loaded(Arc<Gauge>);

impl Drop for Loaded {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}
