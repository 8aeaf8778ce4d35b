//! A store that forgets, for tests of what is built on the trait.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use strowger_model::Owner;
use tokio::sync::broadcast;

use crate::batch::stage;
use crate::record::{decode, key_bytes, page, scan_range};
use crate::{Change, Cursor, Direction, Document, FEED_CAPACITY, Key, Kind, Page, Revision, Store, StoreError, Write};

/// Documents in memory; the same keys, records and revisions as on disk.
#[derive(Debug)]
pub struct MemoryStore {
    state: Mutex<State>,
    changes: broadcast::Sender<Change>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    sequence: u64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), changes: broadcast::channel(FEED_CAPACITY).0 })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError> {
        let state = self.state.lock();
        state.records.get(&key_bytes(key)?).map(|record| decode(key.clone(), record)).transpose()
    }

    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError> {
        let mut state = self.state.lock();
        let staged = stage(writes, |key| Ok(state.records.get(key).cloned()))?;
        let mut revisions = Vec::with_capacity(staged.len());
        for write in staged {
            match write.record {
                Some(record) => state.records.insert(write.key_bytes, record),
                None => state.records.remove(&write.key_bytes),
            };
            revisions.push(write.revision.clone());
            if write.changes {
                state.sequence += 1;
                // Nobody may be listening.
                let _ =
                    self.changes.send(Change { sequence: state.sequence, key: write.key, revision: write.revision });
            }
        }
        Ok(revisions)
    }

    async fn scan(
        &self,
        owner: Owner,
        kind: Kind,
        from: Option<&Cursor>,
        direction: Direction,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let state = self.state.lock();
        let range = state.records.range(scan_range(owner, kind, from, direction)).map(Ok);
        match direction {
            Direction::Ascending => page(owner, kind, range, limit),
            Direction::Descending => page(owner, kind, range.rev(), limit),
        }
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conformance;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn the_store_in_memory_conforms() {
        let store: Arc<dyn Store> = MemoryStore::new();
        conformance::all(&store).await;
    }

    proptest! {
        #[test]
        fn any_sequence_of_batches_does_what_a_map_does(batches in conformance::model::operations()) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let store: Arc<dyn Store> = MemoryStore::new();
            runtime.block_on(conformance::model::check(&store, batches));
        }
    }
}
