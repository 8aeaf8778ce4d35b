//! The snapshots in memory, by owner: loaded once at a time, the least used one dropped where there are too many.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_plugins::Plugins;
use strowger_rows::{RowBook, RowsError, SelectorRows};
use strowger_store::{Store, StoreError};
use tokio::time::timeout;

use crate::breakers::Breakers;
use crate::feed::{Feed, Generation};
use crate::outage::{Outage, is_away};
use crate::resolved::Resolver;
use crate::snapshot::Snapshot;

/// Owners whose snapshots stay in memory; each holds a few plugin instances.
const MAX_SNAPSHOTS: usize = 200;

/// How long a decision waits for the store where it could do with an older snapshot.
const PATIENCE: Duration = Duration::from_secs(2);

/// One owner's place in the table.
#[derive(Default)]
struct Place {
    current: Mutex<Option<Arc<Snapshot>>>,
    /// Held by whoever loads: a change is followed by one load, however many calls wait for it.
    loading: tokio::sync::Mutex<()>,
    last_used: AtomicU64,
}

impl Place {
    fn any(&self) -> Option<Arc<Snapshot>> {
        self.current.lock().clone()
    }

    fn fresh(&self, feed: &Feed, owner: Owner) -> Option<Arc<Snapshot>> {
        let generation = feed.generation(owner);
        self.any().filter(|snapshot| snapshot.generation == generation)
    }

    fn keep(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        *self.current.lock() = Some(Arc::clone(&snapshot));
        snapshot
    }
}

async fn load_in_time(
    store: &dyn Store,
    resolver: Resolver<'_>,
    generation: Generation,
) -> Result<Snapshot, StoreError> {
    let late = |_| StoreError::Unreachable("it does not answer in time".into());
    timeout(PATIENCE, Snapshot::load(store, resolver, generation)).await.map_err(late)?
}

fn fault(error: RowsError) -> StoreError {
    match error {
        RowsError::Store(error) => error,
        RowsError::Contended => StoreError::Overloaded,
        other => StoreError::Fault(other.to_string()),
    }
}

/// The table.
pub(crate) struct Snapshots {
    feed: Feed,
    plugins: Plugins,
    breakers: Breakers,
    places: Mutex<HashMap<Owner, Arc<Place>>>,
    clock: AtomicU64,
    outage: Arc<Outage>,
}

impl Snapshots {
    pub(crate) fn new(feed: Feed, plugins: Plugins) -> Self {
        let (places, clock, outage) = (Mutex::default(), AtomicU64::new(0), Arc::default());
        Self { feed, plugins, breakers: Breakers::default(), places, clock, outage }
    }

    /// What finds the plugins of an owner's chains.
    fn resolver(&self, owner: Owner) -> Resolver<'_> {
        Resolver { plugins: &self.plugins, breakers: &self.breakers, owner, is_live: true }
    }

    /// The owner's snapshot with every change that was acknowledged before. Where the store is away, the one that is in memory, if there is
    /// one: calls go on, and what was changed meanwhile is read when the store is back.
    pub(crate) async fn get(&self, store: &Arc<dyn Store>, owner: Owner) -> Result<Arc<Snapshot>, StoreError> {
        let place = self.place(owner);
        if let Some(snapshot) = place.fresh(&self.feed, owner) {
            return Ok(snapshot);
        }
        if let Some(older) = place.any().filter(|_| self.outage.is_on()) {
            return Ok(older);
        }
        let _loading = place.loading.lock().await;
        if let Some(snapshot) = place.fresh(&self.feed, owner) {
            return Ok(snapshot);
        }
        let generation = self.feed.generation(owner);
        let Some(older) = place.any() else {
            return Ok(place.keep(Snapshot::load(&**store, self.resolver(owner), generation).await?));
        };
        if self.outage.is_on() {
            return Ok(older);
        }
        match load_in_time(&**store, self.resolver(owner), generation).await {
            Ok(snapshot) => Ok(place.keep(snapshot)),
            Err(error) if is_away(&error) => {
                self.outage.begin(store, &error);
                Ok(older)
            }
            Err(error) => Err(error),
        }
    }

    /// The selector rows that decisions over a snapshot look at. Where the store is away, those in memory.
    pub(crate) async fn books(
        &self,
        store: &Arc<dyn Store>,
        rows: &SelectorRows,
        owner: Owner,
        snapshot: &Snapshot,
    ) -> Result<Vec<Arc<RowBook>>, StoreError> {
        let mut books = Vec::with_capacity(2);
        for owner in [Some(owner), snapshot.uses_global.then_some(Owner::System)].into_iter().flatten() {
            books.push(self.book(store, rows, owner).await?);
        }
        Ok(books)
    }

    async fn book(
        &self,
        store: &Arc<dyn Store>,
        rows: &SelectorRows,
        owner: Owner,
    ) -> Result<Arc<RowBook>, StoreError> {
        let Some(older) = rows.resident(owner) else { return rows.book(owner).await.map_err(fault) };
        if self.outage.is_on() {
            return Ok(older);
        }
        let read = match timeout(PATIENCE, rows.current(owner)).await {
            Ok(read) => read.map_err(fault),
            Err(_) => Err(StoreError::Unreachable("it does not answer in time".into())),
        };
        match read {
            Err(error) if is_away(&error) => {
                self.outage.begin(store, &error);
                Ok(older)
            }
            read => read,
        }
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
