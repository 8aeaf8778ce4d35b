//! How a store fails.

use crate::{Key, Name};

/// A store's refusal or fault.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The document is not as the write expected it; nothing of the batch was written.
    #[error("conflict on {} {}", .0.kind.name(), .0.id)]
    Conflict(Box<Key>),
    /// The lease that the batch was under is no longer the newest, or has lapsed; nothing of the batch was written.
    #[error("the lease {0} is lost")]
    Fenced(Name),
    /// Another process has the file open.
    #[error("the store at {0} is in use by another process")]
    InUse(String),
    /// The store cannot be reached now; a later try may succeed.
    #[error("the store is unreachable: {0}")]
    Unreachable(String),
    /// The store's queue is full; a later try may succeed.
    #[error("the store is overloaded")]
    Overloaded,
    /// The store misbehaved or its file is damaged.
    #[error("store fault: {0}")]
    Fault(String),
}

impl StoreError {
    /// What is asked of a store after its end.
    pub(crate) fn closed() -> Self {
        Self::Unreachable("it is closed".into())
    }
}
