//! The snapshots in memory, by owner: loaded once at a time, the least used one dropped where there are too many.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Store, StoreError};

use crate::feed::Feed;
use crate::snapshot::Snapshot;

/// Owners whose snapshots stay in memory; each holds a few plugin instances.
const MAX_SNAPSHOTS: usize = 200;

/// One owner's place in the table.
#[derive(Default)]
struct Place {
    current: Mutex<Option<Arc<Snapshot>>>,
    /// Held by whoever loads: a change is followed by one load, however many calls wait for it.
    loading: tokio::sync::Mutex<()>,
    last_used: AtomicU64,
}

impl Place {
    fn fresh(&self, feed: &Feed, owner: Owner) -> Option<Arc<Snapshot>> {
        let generation = feed.generation(owner);
        self.current.lock().clone().filter(|snapshot| snapshot.generation == generation)
    }
}

/// The table.
pub(crate) struct Snapshots {
    feed: Feed,
    places: Mutex<HashMap<Owner, Arc<Place>>>,
    clock: AtomicU64,
}

impl Snapshots {
    pub(crate) fn new(feed: Feed) -> Self {
        Self { feed, places: Mutex::default(), clock: AtomicU64::new(0) }
    }

    /// The owner's snapshot with every change that was acknowledged before.
    pub(crate) async fn get(&self, store: &dyn Store, owner: Owner) -> Result<Arc<Snapshot>, StoreError> {
        let place = self.place(owner);
        if let Some(snapshot) = place.fresh(&self.feed, owner) {
            return Ok(snapshot);
        }
        let _loading = place.loading.lock().await;
        if let Some(snapshot) = place.fresh(&self.feed, owner) {
            return Ok(snapshot);
        }
        let generation = self.feed.generation(owner);
        let loaded = Arc::new(Snapshot::load(store, owner, generation).await?);
        *place.current.lock() = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Drops the snapshot that has not been used for longest, and the instances that it holds.
    pub(crate) fn evict(&self) {
        drop_least_used(&mut self.places.lock());
    }

    fn place(&self, owner: Owner) -> Arc<Place> {
        let mut places = self.places.lock();
        if !places.contains_key(&owner) && places.len() >= MAX_SNAPSHOTS {
            drop_least_used(&mut places);
        }
        let place = places.entry(owner).or_default();
        place.last_used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Arc::clone(place)
    }
}

fn drop_least_used(places: &mut HashMap<Owner, Arc<Place>>) {
    let used = |place: &Arc<Place>| place.last_used.load(Ordering::Relaxed);
    let least = places.iter().min_by_key(|(_, place)| used(place)).map(|(owner, _)| *owner);
    if let Some(owner) = least {
        places.remove(&owner);
    }
}
