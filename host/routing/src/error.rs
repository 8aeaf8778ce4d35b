//! Why a request is not routed at all.

use strowger_sandbox::PluginFault;
use strowger_store::StoreError;

/// A failure outside the chain; a step that fails is part of the [`crate::Route`] instead.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RouteError {
    /// The request has no number to dial.
    #[error("To-DID is required and must be text of 1 to 256 characters")]
    NoNumber,
    /// The account's documents cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The formatter failed.
    #[error(transparent)]
    Formatter(#[from] PluginFault),
    /// The worker that prepared the chain is gone.
    #[error("routing was interrupted")]
    Interrupted,
}
