//! Where things lie in the store.

use std::time::Duration;

use strowger_model::Owner;
use strowger_store::{Key, Kind, Name, Store, StoreError};

use crate::NodeId;

/// Time between two heartbeats, and between two looks at the others.
pub(crate) const BEAT: Duration = Duration::from_secs(1);

/// How long a node counts as living after its last heartbeat.
pub(crate) const LIFETIME: Duration = Duration::from_secs(5);

/// The document that says that a node is there.
pub(crate) fn document(node: NodeId) -> Key {
    Key::new(Owner::System, Kind::Node, node.to_string())
}

/// Held while it lives.
pub(crate) fn life(node: NodeId) -> Name {
    Name::new(Owner::System, format!("node:{node}"))
}

/// Held by whoever puts in order what it left behind.
pub(crate) fn reap(node: NodeId) -> Name {
    Name::new(Owner::System, format!("reap:{node}"))
}

/// Where it receives what others ask.
pub(crate) fn mailbox(node: NodeId) -> String {
    format!("node:{node}")
}

/// Whether another node is dead.
pub(crate) async fn is_gone(store: &dyn Store, node: NodeId) -> Result<bool, StoreError> {
    // Two processes never have a store open that is not shared: a lease there is a remainder.
    Ok(!store.is_shared() || store.held(&life(node)).await?.is_none())
}
