//! The books in memory, by owner, within a bound.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use strowger_model::Owner;

use crate::book::RowBook;
use crate::feed::Feed;
use crate::place::Place;

/// Owners whose books are in memory.
const MAX_OWNERS: usize = 10_000;

/// The places.
#[derive(Default)]
pub(crate) struct Memory {
    places: Mutex<HashMap<Owner, Arc<Place>>>,
    clock: AtomicU64,
}

impl Memory {
    /// The owner's place; where it is another one, changes are heard of from then on.
    pub(crate) fn place(&self, feed: &Feed, owner: Owner) -> Arc<Place> {
        let mut places = self.places.lock();
        if places.len() >= MAX_OWNERS && !places.contains_key(&owner) {
            drop_least_used(&mut places, feed, owner);
        }
        let place = places.entry(owner).or_insert_with(|| {
            feed.begin(owner);
            Arc::default()
        });
        place.last_used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Arc::clone(place)
    }

    /// The owners that have a book.
    pub(crate) fn has(&self, owner: Owner) -> bool {
        self.places.lock().contains_key(&owner)
    }

    pub(crate) fn owners(&self) -> Vec<Owner> {
        self.places.lock().keys().copied().collect()
    }

    pub(crate) fn resident(&self, owner: Owner) -> Option<Arc<RowBook>> {
        self.places.lock().get(&owner)?.current()
    }

    /// Drops the least used books other than this owner's, until all of them have at most so many bytes.
    pub(crate) fn shrink(&self, feed: &Feed, keep: Owner, most: usize) {
        let mut places = self.places.lock();
        while places.len() > 1
            && places.values().filter_map(|place| place.current()).map(|book| book.size()).sum::<usize>() > most
        {
            drop_least_used(&mut places, feed, keep);
        }
    }
}

fn drop_least_used(places: &mut HashMap<Owner, Arc<Place>>, feed: &Feed, keep: Owner) {
    let used = |place: &Arc<Place>| place.last_used.load(Ordering::Relaxed);
    let others = places.iter().filter(|(owner, _)| **owner != keep);
    let least = others.min_by_key(|(_, place)| used(place)).map(|(owner, _)| *owner);
    if let Some(owner) = least {
        places.remove(&owner);
        feed.end(owner);
    }
}
