//! What is to be done when a node dies, and when one comes back that was taken for dead.

use std::sync::Arc;

use async_trait::async_trait;
use strowger_store::{Store, StoreError};

use crate::{NodeId, keys};

/// Puts in order what dead nodes leave behind.
#[async_trait]
pub trait Watch: Send + Sync + 'static {
    /// A node is dead. May be told by several nodes at once and several times, so that doing it again must do no harm; a failure has
    /// it told again.
    ///
    /// # Errors
    /// Those of the store.
    async fn node_died(&self, gone: &Gone) -> Result<(), StoreError>;

    /// This node lost its lease for a while, so that the others may have taken it for dead. It holds it again.
    async fn rejoined(&self) {}
}

/// A node that is taken for dead.
pub struct Gone {
    id: NodeId,
    own: NodeId,
    store: Arc<dyn Store>,
}

impl Gone {
    pub(crate) fn new(id: NodeId, own: NodeId, store: Arc<dyn Store>) -> Self {
        Self { id, own, store }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The node that puts it in order.
    #[must_use]
    pub fn by(&self) -> NodeId {
        self.own
    }

    /// Whether it is still away. Whoever reads a document, finds this true and then changes that revision of it cannot undo what a node
    /// that came back has written: it writes only once it holds its lease again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn still(&self) -> Result<bool, StoreError> {
        // Two processes never have a store open that is not shared: the lease is a remainder.
        Ok(!self.store.is_shared() || self.store.held(&keys::life(self.id)).await?.is_none())
    }
}
