//! One INVITE transaction, pumped by a task of its own: the library's `receive` may not be dropped half-way, so it
//! cannot be one arm of a `select!` in the leg's task.

use std::sync::Arc;

use rsipstack::sip::{Request, Response, SipMessage};
use rsipstack::transaction::key::TransactionKey;
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventSender};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::exchange::exchange;
use super::request;
use crate::engine::{Engine, Target};

const SIGNALS: usize = 16;

/// What the transaction tells.
pub(crate) enum Signal {
    /// The request was handed to the socket.
    Sent,
    /// There is no connection to send it over.
    Failed(String),
    /// A response. The library has ACKed a final one, and goes on ACKing its repetitions.
    Response(Box<Response>),
}

/// The way into a running transaction.
type Control = (TransactionEventSender, TransactionKey);

/// An INVITE on its way.
pub(crate) struct Attempt {
    engine: Arc<Engine>,
    request: Request,
    target: Target,
    pub(crate) signals: mpsc::Receiver<Signal>,
    control: oneshot::Receiver<Control>,
    task: AbortHandle,
}

impl Attempt {
    /// Starts sending `request` to `target`.
    pub(crate) fn start(engine: &Arc<Engine>, request: Request, target: Target) -> Self {
        let (told, signals) = mpsc::channel(SIGNALS);
        let (controls, control) = oneshot::channel();
        let task = tokio::spawn(pump(Arc::clone(engine), request.clone(), target, told, controls)).abort_handle();
        Self { engine: Arc::clone(engine), request, target, signals, control, task }
    }

    /// The request as sent.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Where it was sent.
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// Stops retransmitting; an answer already under way is still taken.
    pub(crate) fn stop_retransmitting(&mut self) {
        if let Ok((control, key)) = self.control.try_recv() {
            // `Terminate` is how the pump gets its transaction back in hand; a closed channel has nothing to stop.
            let _ = control.send(TransactionEvent::Terminate(key));
        }
    }

    /// Sends the CANCEL, as a transaction of its own so that it is retransmitted.
    pub(crate) fn cancel(&self) {
        let (engine, target, cancel) = (Arc::clone(&self.engine), self.target, request::cancel(&self.request));
        tokio::spawn(async move { exchange(&engine, cancel, target).await });
    }

    /// Forgets the transaction: nothing more is sent or taken.
    pub(crate) fn forget(&self) {
        self.task.abort();
    }
}

async fn pump(
    engine: Arc<Engine>,
    request: Request,
    target: Target,
    signals: mpsc::Sender<Signal>,
    control: oneshot::Sender<Control>,
) {
    // Nobody listens to a leg that has ended; the transaction still has to absorb repeated 2xx (RFC 6026 §7.2).
    let mut transaction = match engine.client(request, target).await {
        Ok(transaction) => transaction,
        Err(reason) => return drop(signals.send(Signal::Failed(reason)).await),
    };
    if let Err(error) = transaction.send().await {
        return drop(signals.send(Signal::Failed(error.to_string())).await);
    }
    let _ = control.send((transaction.tu_sender.clone(), transaction.key.clone()));
    let _ = signals.send(Signal::Sent).await;
    while let Some(response) = receive(&engine, &mut transaction).await {
        let _ = signals.send(Signal::Response(Box::new(response))).await;
    }
}

/// The next response; `None` once the transaction has terminated.
async fn receive(engine: &Engine, transaction: &mut Transaction) -> Option<Response> {
    loop {
        match transaction.receive().await {
            Some(SipMessage::Response(response)) => return Some(response),
            Some(SipMessage::Request(_)) => {}
            None if transaction.is_terminated() => return None,
            None => engine.stop_retransmitting(transaction),
        }
    }
}
