use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Clock, Kind, MemoryStore, Store, StoreError, StoreExt, SwitchedStore};
use tokio::time::sleep;

use crate::{AskError, Membership, NodeId, NodeInfo, Service, Watch, keys};

mod asking;
mod lives;

/// A store of several nodes whose time goes with that of the test.
struct World {
    store: Arc<MemoryStore>,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let clock = Clock::default();
        Self { store: MemoryStore::shared_with_clock(clock.clone()), clock }
    }

    async fn node(&self, name: &str) -> Arc<Membership> {
        join(self.store.clone(), name).await
    }

    /// Lets seconds pass.
    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn documents(&self) -> usize {
        self.store.all(Owner::System, Kind::Node).await.unwrap().len()
    }
}

async fn join(store: Arc<dyn Store>, name: &str) -> Arc<Membership> {
    let info = NodeInfo { name: name.into(), http: format!("http://{name}:3000"), sip: format!("{name}:5060") };
    Membership::start(store, info).await.unwrap()
}

fn names(node: &Membership) -> Vec<String> {
    let mut names: Vec<String> = node.live().iter().map(|node| node.info.name.clone()).collect();
    names.sort();
    names
}

/// Notes what it is told.
#[derive(Default)]
struct Notes {
    died: Mutex<Vec<NodeId>>,
    rejoined: AtomicUsize,
    /// Times that it fails before it succeeds.
    failures: AtomicUsize,
}

#[async_trait]
impl Watch for Notes {
    async fn node_died(&self, node: NodeId) -> Result<(), StoreError> {
        self.died.lock().push(node);
        let fails = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if fails { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    async fn rejoined(&self) {
        self.rejoined.fetch_add(1, Ordering::SeqCst);
    }
}

async fn watched(node: &Membership) -> Arc<Notes> {
    let notes = Arc::new(Notes::default());
    node.watch(notes.clone());
    node.attend().await.unwrap();
    notes
}
