//! Asking other nodes, and answering them.

mod ask;
mod serve;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use strowger_store::{Store, StoreError};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use crate::NodeId;

/// Requests of this node that may wait for an answer.
const PENDING: usize = 1_024;

/// Requests of others that are worked on at once.
const WORKING: usize = 256;

/// What other nodes may ask for.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    /// Answers a request.
    async fn answer(&self, request: Value) -> Value;
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AskError {
    /// The node is dead.
    #[error("the node is gone")]
    Gone,
    /// It does not answer. Whether it did what was asked is not known.
    #[error("the node does not answer")]
    NoAnswer,
    /// It, or this node, has too many requests under way; nothing was done.
    #[error("too many requests to the node at once")]
    Busy,
    /// The request is larger than a message may be.
    #[error("the request is too large")]
    TooLarge,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What comes back for a request.
enum Reply {
    Received,
    Refused,
    Answer(Value),
}

/// The requests under way in both directions.
pub(crate) struct Exchange {
    store: Arc<dyn Store>,
    own: NodeId,
    pending: Mutex<HashMap<Uuid, mpsc::Sender<Reply>>>,
    services: Mutex<HashMap<&'static str, Arc<dyn Service>>>,
    working: Arc<Semaphore>,
}

impl Exchange {
    pub(crate) fn new(store: Arc<dyn Store>, own: NodeId) -> Arc<Self> {
        let working = Arc::new(Semaphore::new(WORKING));
        Arc::new(Self { store, own, pending: Mutex::default(), services: Mutex::default(), working })
    }

    pub(crate) fn offer(&self, name: &'static str, service: Arc<dyn Service>) {
        self.services.lock().insert(name, service);
    }
}
