//! What is to be done when a node dies, and when one comes back that was taken for dead.

use async_trait::async_trait;
use strowger_store::StoreError;

use crate::NodeId;

/// Puts in order what dead nodes leave behind.
#[async_trait]
pub trait Watch: Send + Sync + 'static {
    /// A node is dead. May be told several times, by several nodes at once and of one that comes back meanwhile, so that doing it again
    /// must do no harm: see [`crate::Membership::is_gone`]. A failure has it told again.
    ///
    /// # Errors
    /// Those of the store.
    async fn node_died(&self, node: NodeId) -> Result<(), StoreError>;

    /// This node lost its lease for a while, so that the others may have taken it for dead. It holds it again.
    async fn rejoined(&self) {}
}
