//! Being one of the nodes.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use strowger_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::exchange::Exchange;
use crate::reaper::Reaper;
use crate::{AskError, Node, NodeId, NodeInfo, Service, Watch, beat, keys};

/// How long leaving may take where the store does not answer; the lease lapses then.
const LEAVING: Duration = Duration::from_secs(2);

/// This process among the nodes.
pub struct Membership {
    store: Arc<dyn Store>,
    own: Node,
    exchange: Arc<Exchange>,
    reaper: Arc<Reaper>,
    watchers: Watchers,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Where it is dropped without [`Membership::shutdown`], it is as if the process had died.
impl Drop for Membership {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Who is told of deaths.
pub(crate) type Watchers = Arc<Mutex<Vec<Arc<dyn Watch>>>>;

impl Membership {
    /// Joins, and keeps the lease from then on. Others can ask this node at once, and see it within a second.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn start(store: Arc<dyn Store>, info: NodeInfo) -> Result<Arc<Self>, StoreError> {
        let own = Node::starting(info);
        let exchange = Exchange::new(Arc::clone(&store), own.id);
        let (stop, tasks, watchers) = (CancellationToken::new(), TaskTracker::new(), Watchers::default());
        let mailbox = store.mailbox(&keys::mailbox(own.id)).await?;
        tasks.spawn(stop.clone().run_until_cancelled_owned(Arc::clone(&exchange).run(mailbox)));
        let heart = beat::join(Arc::clone(&store), own.clone(), Arc::clone(&watchers)).await?;
        // Nobody looks for this process in a store of its own, and each heartbeat is a write.
        if store.is_shared() {
            tasks.spawn(stop.clone().run_until_cancelled_owned(heart.run()));
        }
        let reaper = Reaper::new(Arc::clone(&store), own.clone(), Arc::clone(&watchers));
        tracing::info!(node = %own.id, name = own.info.name, "joined");
        Ok(Arc::new(Self { store, own, exchange, reaper, watchers, stop, tasks }))
    }

    /// Has a watcher told of deaths; to be done before [`Self::attend`].
    pub fn watch(&self, watcher: Arc<dyn Watch>) {
        self.watchers.lock().push(watcher);
    }

    /// Has a service answer what other nodes ask of it.
    pub fn offer(&self, name: &'static str, service: Arc<dyn Service>) {
        self.exchange.offer(name, service);
    }

    /// Looks for dead nodes: once before it returns, and in a store that is shared every second from then on. What an earlier process left
    /// behind in a store of its own is in order then.
    ///
    /// # Errors
    /// Those of the store in the first round.
    pub async fn attend(&self) -> Result<(), StoreError> {
        self.reaper.round().await?;
        if self.store.is_shared() {
            let rounds = Arc::clone(&self.reaper).run();
            self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(rounds));
        }
        Ok(())
    }

    /// This node.
    #[must_use]
    pub fn own(&self) -> &Node {
        &self.own
    }

    /// This node's id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.own.id
    }

    /// The nodes that live, this one among them, as of a second ago.
    #[must_use]
    pub fn live(&self) -> Arc<[Node]> {
        self.reaper.live()
    }

    /// Whether that node is dead, by what the store says now. Whoever reads a document, finds this true and then changes that revision of
    /// it cannot undo what a node that comes back has written: it has its documents written once it holds its lease again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_gone(&self, node: NodeId) -> Result<bool, StoreError> {
        keys::is_gone(&*self.store, node).await
    }

    /// Asks a service of another node, and waits for the answer no longer than `patience` once it has the request.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn ask(
        &self,
        node: NodeId,
        service: &str,
        request: Value,
        patience: Duration,
    ) -> Result<Value, AskError> {
        self.exchange.ask(node, service, request, patience).await
    }

    /// Leaves at once, so that nobody has to find out. To be called when the node's calls are over.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let leaving = beat::leave(&*self.store, self.own.id);
        match tokio::time::timeout(LEAVING, leaving).await {
            Ok(Ok(())) => tracing::info!(node = %self.own.id, "left"),
            Ok(Err(error)) => tracing::warn!(%error, "left without telling"),
            Err(_) => tracing::warn!("left without telling: the store does not answer"),
        }
    }
}
