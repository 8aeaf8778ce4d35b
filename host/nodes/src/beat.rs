//! Staying alive in the eyes of the others.

use std::sync::Arc;

use serde_json::json;
use strowger_store::{Expect, Key, Lease, Store, StoreError, StoreExt};
use tokio::time::{MissedTickBehavior, interval};

use crate::keys::{self, BEAT, LIFETIME};
use crate::membership::Watchers;
use crate::{Node, NodeId};

/// The lease that says that this node lives.
pub(crate) struct Heart {
    store: Arc<dyn Store>,
    own: Node,
    lease: Lease,
    watchers: Watchers,
}

/// Takes the lease, and then says that the node is there: a document without a lease is that of a dead node.
pub(crate) async fn join(store: Arc<dyn Store>, own: Node, watchers: Watchers) -> Result<Heart, StoreError> {
    let lease = enter(&*store, &own).await?;
    Ok(Heart { store, own, lease, watchers })
}

/// Takes itself off the list, and gives the lease back.
pub(crate) async fn leave(store: &dyn Store, own: NodeId) -> Result<(), StoreError> {
    store.delete(keys::document(own), Expect::Anything).await?;
    match store.held(&keys::life(own)).await? {
        Some(lease) => store.release(&lease).await,
        None => Ok(()),
    }
}

async fn enter(store: &dyn Store, own: &Node) -> Result<Lease, StoreError> {
    let lease = store.acquire(&keys::life(own.id), &own.id.to_string(), LIFETIME).await?;
    // Nobody else takes a lease of that name.
    let lease = lease.ok_or_else(|| StoreError::Fault("the lease of this node is somebody else's".into()))?;
    let document: Key = keys::document(own.id);
    store.put(document, json!(own), Expect::Anything).await?;
    Ok(lease)
}

impl Heart {
    /// Renews the lease every second.
    pub(crate) async fn run(mut self) {
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            if let Err(error) = self.beat().await {
                tracing::warn!(%error, "the lease of this node was not renewed");
            }
        }
    }

    /// A lost lease is taken again under the same id. The others may have marked this node's calls as ended meanwhile, which run all the
    /// same: whoever keeps their records writes them once more, and that it happened is logged.
    async fn beat(&mut self) -> Result<(), StoreError> {
        if self.store.renew(&self.lease, LIFETIME).await? {
            return Ok(());
        }
        let reaped = self.store.get(&keys::document(self.own.id)).await?.is_none();
        self.lease = enter(&*self.store, &self.own).await?;
        tracing::warn!(node = %self.own.id, reaped, "this node was away for longer than its lease, and has joined again");
        let watchers = self.watchers.lock().clone();
        for watcher in watchers {
            watcher.rejoined().await;
        }
        Ok(())
    }
}
