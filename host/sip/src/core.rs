//! What the legs of one stack share.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::engine::Engine;
use crate::message;

/// Requests of the far end that wait for a leg's task.
const REQUESTS: usize = 8;

/// The engine, the dialogs, and the bounds.
pub(crate) struct Core {
    pub(crate) engine: Arc<Engine>,
    pub(crate) dialogs: Arc<Dialogs>,
    /// One permit for each leg.
    pub(crate) legs: Arc<Semaphore>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// Which leg takes the requests of which dialog, by Call-ID and local tag.
#[derive(Default)]
pub(crate) struct Dialogs {
    legs: Mutex<HashMap<(String, String), mpsc::Sender<Transaction>>>,
}

/// A leg's place among the dialogs; dropping it gives the place up.
pub(crate) struct Registration {
    dialogs: Arc<Dialogs>,
    key: (String, String),
    pub(crate) requests: mpsc::Receiver<Transaction>,
}

/// Why a request found no leg.
pub(crate) enum Undelivered {
    /// There is no such dialog.
    Unknown(Box<Transaction>),
    /// The leg has too many requests to deal with.
    Full(Box<Transaction>),
}

impl Dialogs {
    /// Takes the requests with this Call-ID and To tag.
    pub(crate) fn register(self: &Arc<Self>, call_id: &str, local_tag: &str) -> Registration {
        let (sender, requests) = mpsc::channel(REQUESTS);
        let key = (call_id.to_owned(), local_tag.to_owned());
        self.legs.lock().insert(key.clone(), sender);
        Registration { dialogs: Arc::clone(self), key, requests }
    }

    /// Hands a request to its leg.
    pub(crate) fn deliver(&self, transaction: Transaction) -> Result<(), Undelivered> {
        let headers = &transaction.original.headers;
        let call_id = message::value(headers, "Call-ID").unwrap_or_default().to_owned();
        let local_tag = message::value(headers, "To").and_then(message::tag).unwrap_or_default().to_owned();
        let leg = self.legs.lock().get(&(call_id, local_tag)).cloned();
        let Some(leg) = leg else { return Err(Undelivered::Unknown(Box::new(transaction))) };
        leg.try_send(transaction).map_err(|refusal| match refusal {
            mpsc::error::TrySendError::Full(transaction) => Undelivered::Full(Box::new(transaction)),
            mpsc::error::TrySendError::Closed(transaction) => Undelivered::Unknown(Box::new(transaction)),
        })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.dialogs.legs.lock().remove(&self.key);
    }
}
