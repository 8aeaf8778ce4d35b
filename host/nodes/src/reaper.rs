//! Looking for nodes whose lease has lapsed.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Batch, Document, Expect, Kind, Store, StoreError, StoreExt, Write};
use tokio::time::{MissedTickBehavior, interval};

use crate::keys::{self, BEAT};
use crate::membership::Watchers;
use crate::{Node, NodeId};

/// How long whoever puts a dead node in order may take before another one tries.
const REAPING: Duration = Duration::from_secs(30);

/// Watches the others.
pub(crate) struct Reaper {
    store: Arc<dyn Store>,
    own: Node,
    live: Mutex<Arc<[Node]>>,
    watchers: Watchers,
}

impl Reaper {
    pub(crate) fn new(store: Arc<dyn Store>, own: Node, watchers: Watchers) -> Arc<Self> {
        let live = Mutex::new(Arc::from([own.clone()]));
        Arc::new(Self { store, own, live, watchers })
    }

    pub(crate) fn live(&self) -> Arc<[Node]> {
        Arc::clone(&self.live.lock())
    }

    pub(crate) async fn run(self: Arc<Self>) {
        let mut rounds = interval(BEAT);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "the other nodes were not looked after");
            }
        }
    }

    /// Who lives, and what the dead left behind.
    pub(crate) async fn round(&self) -> Result<(), StoreError> {
        let (mut live, mut dead) = (vec![self.own.clone()], Vec::new());
        for document in self.store.all(Owner::System, Kind::Node).await? {
            let Some(id) = NodeId::parse(&document.key.id).filter(|id| *id != self.own.id) else { continue };
            if keys::is_gone(&*self.store, id).await? {
                dead.push((id, document));
            } else if let Ok(node) = serde_json::from_value(document.body) {
                live.push(node);
            }
        }
        live.sort_by_key(|node| node.id);
        *self.live.lock() = live.into();
        for (id, document) in dead {
            self.reap(id, document).await?;
        }
        Ok(())
    }

    async fn reap(&self, id: NodeId, document: Document) -> Result<(), StoreError> {
        let own = self.own.id.to_string();
        let Some(lease) = self.store.acquire(&keys::reap(id), &own, REAPING).await? else { return Ok(()) };
        tracing::warn!(node = %id, "a node is dead: what it left behind is put in order");
        let watchers = self.watchers.lock().clone();
        for watcher in watchers {
            watcher.node_died(id).await?;
        }
        // A node that came back has written its document anew, and keeps it.
        let removal = Write::delete(document.key, Expect::Revision(document.revision));
        match self.store.apply(Batch::of(vec![removal]).under(&lease)).await {
            Ok(_) => {}
            Err(StoreError::Conflict(_) | StoreError::Fenced(_)) => {
                tracing::info!(node = %id, "the node is back, or another one has put it in order");
            }
            Err(error) => return Err(error),
        }
        self.store.release(&lease).await
    }
}
