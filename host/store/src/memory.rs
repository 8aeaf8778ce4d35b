//! A store that forgets, for tests of what is built on the trait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use strowger_model::Owner;
use tokio::sync::broadcast;

use crate::record::{decode, key_bytes, page, scan_range};
use crate::stage::stage;
use crate::{
    Batch, Change, Changes, Direction, Document, Entry, FEED_CAPACITY, History, Key, Lease, Mailbox, Name, Notice,
    Page, Position, Revision, Scan, Store, StoreError, Upload,
};

/// Documents in memory; the same keys, records and revisions as on disk.
#[derive(Debug)]
pub struct MemoryStore {
    state: Mutex<State>,
    changes: broadcast::Sender<Notice>,
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

    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        let mut state = self.state.lock();
        batch.owner()?;
        let staged = stage(batch.writes, |key| Ok(state.records.get(key).cloned()))?;
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
                let _ = self.changes.send(Notice::Changed(Change {
                    sequence: state.sequence,
                    key: write.key,
                    revision: write.revision,
                }));
            }
        }
        Ok(revisions)
    }

    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Scan { owner, kind, direction, limit, .. } = *scan;
        let from = scan.after.as_ref();
        let state = self.state.lock();
        let range = state.records.range(scan_range(owner, kind, from, direction)).map(Ok);
        match direction {
            Direction::Ascending => page(owner, kind, range, limit),
            Direction::Descending => page(owner, kind, range.rev(), limit),
        }
    }

    async fn owners(&self, _: Option<Owner>, _: usize) -> Result<Vec<Owner>, StoreError> {
        not_built()
    }

    fn changes(&self) -> Changes {
        Changes::new(self.changes.subscribe())
    }

    async fn history(&self, _: Owner, _: Option<u64>, _: usize) -> Result<History, StoreError> {
        not_built()
    }

    async fn count(&self, _: &Name, _: i64, _: Option<Duration>) -> Result<i64, StoreError> {
        not_built()
    }

    async fn acquire(&self, _: &Name, _: &str, _: Duration) -> Result<Option<Lease>, StoreError> {
        not_built()
    }

    async fn renew(&self, _: &Lease, _: Duration) -> Result<bool, StoreError> {
        not_built()
    }

    async fn release(&self, _: &Lease) -> Result<(), StoreError> {
        not_built()
    }

    async fn held(&self, _: &Name) -> Result<Option<Lease>, StoreError> {
        not_built()
    }

    async fn append(&self, _: &Name, _: Vec<Value>, _: usize) -> Result<Vec<Position>, StoreError> {
        not_built()
    }

    async fn read(&self, _: &Name, _: Option<Position>, _: Direction, _: usize) -> Result<Vec<Entry>, StoreError> {
        not_built()
    }

    async fn streams(&self, _: Owner, _: Option<&str>, _: usize) -> Result<Vec<String>, StoreError> {
        not_built()
    }

    async fn put_chunk(&self, _: &Upload, _: u32, _: Bytes) -> Result<(), StoreError> {
        not_built()
    }

    async fn chunk(&self, _: &Upload, _: u32) -> Result<Option<Bytes>, StoreError> {
        not_built()
    }

    async fn post(&self, _: &str, _: Bytes) -> Result<(), StoreError> {
        not_built()
    }

    async fn mailbox(&self, _: &str) -> Result<Mailbox, StoreError> {
        not_built()
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn close(&self) {}
}

fn not_built<T>() -> Result<T, StoreError> {
    Err(StoreError::Fault("not built".into()))
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
