//! The side that asks.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;
use uuid::Uuid;

use super::{AskError, Exchange, PENDING, Reply};
use crate::wire::Message;
use crate::{NodeId, keys};

/// How long a living node may take to say that it has a request.
const RECEIPT: Duration = Duration::from_secs(1);

impl Exchange {
    /// Asks a node's service, and waits for the answer no longer than `patience` once the request has arrived.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        node: NodeId,
        service: &str,
        body: Value,
        patience: Duration,
    ) -> Result<Value, AskError> {
        if keys::is_gone(&*self.store, node).await? {
            return Err(AskError::Gone);
        }
        let mut waiting = self.wait()?;
        let message = Message::Request { id: waiting.id, from: self.own, service: service.to_owned(), body };
        let message = message.encode().ok_or(AskError::TooLarge)?;
        self.store.post(&keys::mailbox(node), message).await?;
        let mut reply = timeout(RECEIPT, waiting.replies.recv()).await.ok().flatten();
        if let Some(Reply::Received) = reply {
            reply = timeout(patience, waiting.replies.recv()).await.ok().flatten();
        }
        match reply {
            Some(Reply::Answer(answer)) => Ok(answer),
            Some(Reply::Refused) => Err(AskError::Busy),
            Some(Reply::Received) | None if keys::is_gone(&*self.store, node).await? => Err(AskError::Gone),
            Some(Reply::Received) | None => Err(AskError::NoAnswer),
        }
    }

    fn wait(self: &Arc<Self>) -> Result<Waiting, AskError> {
        // A receipt and an answer.
        let (sender, replies) = mpsc::channel(2);
        let id = Uuid::new_v4();
        let mut pending = self.pending.lock();
        if pending.len() >= PENDING {
            return Err(AskError::Busy);
        }
        pending.insert(id, sender);
        Ok(Waiting { exchange: Arc::clone(self), id, replies })
    }

    /// Hands a reply to whoever waits for it; one that comes too late is dropped.
    pub(super) fn replied(&self, id: Uuid, reply: Reply) {
        let waiting = self.pending.lock().get(&id).cloned();
        if let Some(waiting) = waiting {
            // Two fit, and a node that sends more is not heard.
            let _ = waiting.try_send(reply);
        }
    }
}

/// A place among those who wait; given up when dropped.
struct Waiting {
    exchange: Arc<Exchange>,
    id: Uuid,
    replies: mpsc::Receiver<Reply>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.exchange.pending.lock().remove(&self.id);
    }
}
