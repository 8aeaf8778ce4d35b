//! Requests of the outside: to the leg they belong to, or answered here.

use std::sync::Arc;

use rsipstack::sip::{Method, Version};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::Semaphore;

use crate::core::{Core, Undelivered};
use crate::leg::ALLOW;
use crate::message;
use crate::server;

/// Answers that may be under way at once. What comes on top is told to come back later.
const MAX_ANSWERS: usize = 256;

/// Takes requests until the stack shuts down.
pub(crate) async fn dispatch(core: Arc<Core>, mut incoming: TransactionReceiver) {
    let answers = Arc::new(Semaphore::new(MAX_ANSWERS));
    while let Some(transaction) = incoming.recv().await {
        let Some(answer) = route(&core, transaction) else { continue };
        match Arc::clone(&answers).try_acquire_owned() {
            Ok(place) => drop(core.tasks.spawn(async move {
                answer.give().await;
                drop(place);
            })),
            // Without a transaction: the sender's retransmission is asked anew.
            Err(_) => server::reply(answer.transaction, 503, &[("Retry-After", "5")]).await,
        }
    }
}

/// A request and the status that it gets.
struct Answer {
    transaction: Transaction,
    status: u16,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    async fn give(self) {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if self.transaction.original.method == Method::Invite {
            let headers = headers.into_iter().map(|(name, value)| message::make(name, value)).collect();
            server::reply_to_invite(self.transaction, self.status, headers, None).await;
        } else {
            server::reply(self.transaction, self.status, &headers).await;
        }
    }
}

/// Hands a request to its leg, or says what to answer it.
fn route(core: &Core, transaction: Transaction) -> Option<Answer> {
    let request = &transaction.original;
    if request.version != Version::V2 {
        return Some(Answer { transaction, status: 505, headers: Vec::new() });
    }
    // No extension is supported, so none can be required (RFC 3261 §8.2.2.3).
    if let Some(required) = message::value(&request.headers, "Require").map(str::to_owned) {
        return Some(Answer { transaction, status: 420, headers: vec![("Unsupported", required)] });
    }
    if message::is_in_dialog(request) {
        return match core.dialogs.deliver(transaction) {
            Ok(()) => None,
            Err(Undelivered::Unknown(transaction)) => {
                Some(Answer { transaction: *transaction, status: 481, headers: Vec::new() })
            }
            Err(Undelivered::Full(transaction)) => {
                Some(Answer { transaction: *transaction, status: 500, headers: vec![("Retry-After", "1".to_owned())] })
            }
        };
    }
    let (status, headers) = stray(request.method);
    Some(Answer { transaction, status, headers })
}

/// The answer to a request outside any dialog.
fn stray(method: Method) -> (u16, Vec<(&'static str, String)>) {
    let allow = ("Allow", ALLOW.to_owned());
    match method {
        Method::Options => (200, vec![allow, ("Accept", "application/sdp".to_owned())]),
        Method::Invite => {
            (404, vec![("Reason", "SIP;cause=404;text=\"inbound calls are not served here\"".to_owned())])
        }
        // Requests that only a dialog gives a meaning to.
        Method::Bye | Method::Info | Method::Update | Method::PRack => (481, Vec::new()),
        _ => (405, vec![allow]),
    }
}
