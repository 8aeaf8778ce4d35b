//! From the answer to the BYE.

use std::sync::Arc;

use rsipstack::sip::Method;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{mpsc, oneshot};

use super::exchange::exchange;
use super::farewell::Farewell;
use super::session::Session;
use super::task::{Call, Task};
use super::{Answer, Command, InDialog};
use crate::error::SipError;
use crate::event::{LegEvent, Party};
use crate::message;
use crate::server;

/// What is kept while the parties talk.
pub(super) struct Talk {
    pub(super) session: Session,
    /// Whether the answer to a re-INVITE still waits for its ACK.
    pub(super) is_reinviting: bool,
    /// Ends of re-INVITEs: the session description of the ACK, where the far end had left the offer to us.
    pub(super) acknowledged: mpsc::Receiver<Option<String>>,
    pub(super) acknowledge: mpsc::Sender<Option<String>>,
}

/// Whether the leg goes on.
pub(super) enum Next {
    Talk,
    Over,
}

impl Task {
    /// Looks after the dialog until one side ends it.
    pub(super) async fn talk(&mut self, mut call: Call) {
        let (acknowledge, acknowledged) = mpsc::channel(1);
        let session = Session::new(self.plan.sdp.clone());
        let mut talk = Talk { session, is_reinviting: false, acknowledged, acknowledge };
        call.acknowledge(&self.core.engine).await;
        for request in std::mem::take(&mut self.parked) {
            if let Next::Over = self.serve(&mut call, &mut talk, request).await {
                return;
            }
        }
        loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(Command::Hangup { headers, done }) => {
                        return self.hang_up(call, headers, Some(done), "hung up").await;
                    }
                    Some(Command::Request { request, done }) => self.request(&mut call, request, done).await,
                    Some(Command::Abandon) => return self.hang_up(call, Vec::new(), None, "abandoned").await,
                    None => return self.hang_up(call, Vec::new(), None, "its owner is gone").await,
                },
                Some(request) = self.registration.requests.recv() => {
                    if let Next::Over = self.serve(&mut call, &mut talk, request).await {
                        return;
                    }
                }
                Some(signal) = call.attempt.signals.recv() => call.on_repeated(&self.core, &self.plan, signal).await,
                Some(sdp) = talk.acknowledged.recv() => {
                    talk.is_reinviting = false;
                    if let Some(sdp) = sdp {
                        self.sink.tell(LegEvent::Reoffer { sdp });
                    }
                }
                () = self.core.shutdown.cancelled() => {
                    return self.hang_up(call, Vec::new(), None, "shutting down").await;
                }
            }
        }
    }

    async fn request(&self, call: &mut Call, wanted: InDialog, done: oneshot::Sender<Result<Answer, SipError>>) {
        let method = match wanted.method() {
            Ok(method) => method,
            // Whoever asked may have stopped waiting, here and below.
            Err(error) => return drop(done.send(Err(error))),
        };
        let (mut request, target) = call.dialog.request(&self.core.engine, method).await;
        for (name, value) in wanted.headers {
            request.headers.push(message::make(&name, value));
        }
        if let Some(content_type) = wanted.content_type {
            request.headers.push(message::make("Content-Type", content_type));
        }
        request.body = wanted.body.into_bytes();
        let engine = Arc::clone(&self.core.engine);
        self.core.tasks.spawn(async move {
            let answer = exchange(&engine, request, target).await;
            let answer = answer.map_or_else(|_| Answer::silence(), |response| Answer::of(&response));
            drop(done.send(Ok(answer)));
        });
    }

    /// Ends the call from this side. The session is over once the BYE is on its way (RFC 3261 §15.1.1).
    pub(super) async fn hang_up(
        &mut self,
        mut call: Call,
        headers: Vec<(String, String)>,
        done: Option<oneshot::Sender<Result<(), SipError>>>,
        reason: &str,
    ) {
        call.acknowledge(&self.core.engine).await;
        let farewell = Farewell::new(headers, self.plan.credentials.clone());
        let sent = farewell.send(&self.core.engine, &mut call.dialog).await;
        let _ = done.map(|done| done.send(Ok(())));
        self.sink.close(LegEvent::Ended { by: Party::Near, reason: Some(reason.to_owned()), headers: Vec::new() });
        let Call { mut dialog, mut attempt, mut forks, .. } = call;
        let tag = dialog.remote_tag().unwrap_or_default().to_owned();
        let mut finish = std::pin::pin!(farewell.finish(&self.core.engine, &mut dialog, sent));
        loop {
            tokio::select! {
                () = &mut finish => return,
                Some(signal) = attempt.signals.recv() => {
                    forks.hang_up(&self.core, &self.plan, &attempt, &tag, &signal).await;
                }
                Some(request) = self.registration.requests.recv() => {
                    // A BYE that crosses ours is as welcome as its answer; nothing else has a dialog any more.
                    let status = if request.original.method == Method::Bye { 200 } else { 481 };
                    server::reply(request, status, &[]).await;
                }
            }
        }
    }

    /// Ends the call because the far end did.
    pub(super) async fn hung_up(&mut self, bye: Transaction) {
        let headers = &bye.original.headers;
        let reason = message::value(headers, "Reason").map(str::to_owned);
        let ended = LegEvent::Ended { by: Party::Far, reason, headers: message::told(headers) };
        server::reply(bye, 200, &[]).await;
        self.sink.close(ended);
    }
}
