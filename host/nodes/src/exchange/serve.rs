//! The side that answers.

use std::sync::Arc;

use serde_json::Value;
use strowger_store::Mailbox;
use uuid::Uuid;

use super::{Exchange, Reply};
use crate::wire::Message;
use crate::{NodeId, keys};

impl Exchange {
    /// Reads the mailbox until the store is gone.
    pub(crate) async fn run(self: Arc<Self>, mut mailbox: Mailbox) {
        while let Some(message) = mailbox.next().await {
            match Message::decode(&message) {
                Some(Message::Request { id, from, service, body }) => self.requested(id, from, &service, body).await,
                Some(Message::Received { id }) => self.replied(id, Reply::Received),
                Some(Message::Refused { id }) => self.replied(id, Reply::Refused),
                Some(Message::Answer { id, body }) => self.replied(id, Reply::Answer(body)),
                None => tracing::warn!(bytes = message.len(), "a message of another node cannot be read"),
            }
        }
    }

    async fn requested(self: &Arc<Self>, id: Uuid, from: NodeId, service: &str, body: Value) {
        let service = self.services.lock().get(service).cloned();
        let (Some(service), Ok(place)) = (service, Arc::clone(&self.working).try_acquire_owned()) else {
            return self.send(from, &Message::Refused { id }).await;
        };
        let exchange = Arc::clone(self);
        tokio::spawn(async move {
            exchange.send(from, &Message::Received { id }).await;
            let body = service.answer(body).await;
            exchange.send(from, &Message::Answer { id, body }).await;
            drop(place);
        });
    }

    /// Whoever asked waits for a while only, and takes a reply that is lost for none.
    async fn send(&self, to: NodeId, message: &Message) {
        let Some(message) = message.encode() else {
            return tracing::warn!(%to, "an answer is too large to be sent");
        };
        if let Err(error) = self.store.post(&keys::mailbox(to), message).await {
            tracing::warn!(%to, %error, "a reply to another node was not sent");
        }
    }
}
