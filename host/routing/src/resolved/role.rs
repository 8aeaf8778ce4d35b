//! What a plugin is in a chain, where a version of it is tried.

use std::sync::Arc;

use strowger_plugins::Running;
use strowger_sandbox::{PluginFault, Usage};

/// What a rung is to a rollout.
pub(crate) enum Role {
    /// Nothing.
    Plain,
    /// The active version, while another one answers a share of its calls.
    Active(Arc<Running>),
    /// The version that answers them.
    Canary(Arc<Running>),
    /// A version in the place of the active one, in a chain that no call goes by; it is judged by what it makes of the whole decision.
    Shadow,
}

impl Role {
    /// Whether it is a version that is tried.
    pub(crate) fn is_tried(&self) -> bool {
        matches!(self, Self::Canary(_) | Self::Shadow)
    }

    pub(crate) fn answered(&self, usage: Usage) {
        match self {
            Self::Active(running) => running.active_answered(usage),
            Self::Canary(running) => running.answered(usage),
            Self::Plain | Self::Shadow => {}
        }
    }

    pub(crate) fn failed(&self, fault: &PluginFault) {
        match self {
            Self::Active(running) => running.active_failed(),
            Self::Canary(running) => running.failed(fault),
            Self::Plain | Self::Shadow => {}
        }
    }
}
