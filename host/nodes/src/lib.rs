//! Several processes on one store: who is there, who has died, and asking one another.
//!
//! Each process is a *node*: a document of [`strowger_store::Kind::Node`], and a lease that it renews every second. A document whose
//! lease has lapsed belongs to a node that is dead; one of the others, chosen by a further lease, has what it left behind put in
//! order and then removes the document.

mod beat;
mod exchange;
mod keys;
mod membership;
mod node;
mod reaper;
#[cfg(test)]
mod tests;
mod watch;
mod wire;

pub use exchange::{AskError, Service};
pub use membership::Membership;
pub use node::{Node, NodeId, NodeInfo};
pub use watch::Watch;
