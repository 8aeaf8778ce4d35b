//! Answering requests.

use std::sync::Arc;

use rsipstack::sip::{Header, Method, Request, SipMessage};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventSender};
use tokio::sync::mpsc;

use crate::engine::{Engine, TRANSACTION_LIMIT};
use crate::message;

const MESSAGES: usize = 8;

/// Answers a request other than INVITE with an empty body.
pub(crate) async fn reply(mut transaction: Transaction, status: u16, headers: &[(&str, &str)]) {
    let headers: Vec<Header> = headers.iter().map(|(name, value)| message::make(name, *value)).collect();
    if let Err(error) = transaction.reply_with(status.into(), headers, None).await {
        tracing::debug!(%error, status, "a request could not be answered");
    }
}

/// Answers an INVITE with a final status and repeats the answer until its ACK, or Timer H. Returns the ACK's session
/// description.
pub(crate) async fn reply_to_invite(
    mut transaction: Transaction,
    status: u16,
    headers: Vec<Header>,
    body: Option<Vec<u8>>,
) -> Option<String> {
    if let Err(error) = transaction.reply_with(status.into(), headers, body).await {
        tracing::debug!(%error, status, "an INVITE could not be answered");
        return None;
    }
    tokio::time::timeout(TRANSACTION_LIMIT, acknowledgement(&mut transaction)).await.ok().flatten()
}

async fn acknowledgement(transaction: &mut Transaction) -> Option<String> {
    while let Some(message) = transaction.receive().await {
        match message {
            SipMessage::Request(ack) if ack.method == Method::Ack => {
                return message::sdp(&ack.headers, &ack.body);
            }
            _ => {}
        }
    }
    None
}

/// An INVITE that is answered step by step. A task of its own pumps the transaction, as the library's `receive` may
/// not be dropped half-way; it repeats the final answer until the ACK.
pub(crate) struct Incoming {
    engine: Arc<Engine>,
    request: Request,
    control: TransactionEventSender,
    messages: mpsc::Receiver<Method>,
}

impl Incoming {
    /// Takes `transaction` on, to be answered under the To tag `tag`.
    pub(crate) fn accept(engine: &Arc<Engine>, mut transaction: Transaction, tag: &str) -> Self {
        let to = message::value(&transaction.original.headers, "To").unwrap_or_default();
        let to = message::make("To", format!("{to};tag={tag}"));
        transaction.original.headers.unique_push(to);
        let (request, control) = (transaction.original.clone(), transaction.tu_sender.clone());
        let (told, messages) = mpsc::channel(MESSAGES);
        tokio::spawn(async move {
            while let Some(message) = transaction.receive().await {
                if let SipMessage::Request(request) = message {
                    // A handler that has seen enough has gone away.
                    let _ = told.send(request.method).await;
                }
            }
        });
        Self { engine: Arc::clone(engine), request, control, messages }
    }

    /// The INVITE.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Sends a response.
    pub(crate) fn respond(&self, status: u16, headers: &[(&str, &str)], body: Option<Vec<u8>>) {
        let mut response = self.engine.response(&self.request, status, body);
        response.headers.extend(headers.iter().map(|(name, value)| message::make(name, *value)).collect());
        // A transaction that has ended takes no more responses.
        let _ = self.control.send(TransactionEvent::Respond(response));
    }

    /// Waits for a CANCEL or an ACK; for ever if the transaction ends without one.
    pub(crate) async fn wait_for(&mut self, method: Method) {
        while let Some(seen) = self.messages.recv().await {
            if seen == method {
                return;
            }
        }
        std::future::pending().await
    }

    /// Waits until the transaction is over, at most until Timer H.
    pub(crate) async fn finish(&mut self) {
        let over = async { while self.messages.recv().await.is_some_and(|seen| seen != Method::Ack) {} };
        // A caller that never acknowledges is not waited for.
        let _ = tokio::time::timeout(TRANSACTION_LIMIT, over).await;
    }
}
