//! From the INVITE to its final answer.

use std::time::Duration;

use rsipstack::sip::{Method, Response};
use rsipstack::transaction::transaction::Transaction;
use tokio::time::Instant;

use super::Command;
use super::attempt::{Attempt, Signal};
use super::dialog::Dialog;
use super::forks::Forks;
use super::task::{Call, Task};
use crate::engine::{TRANSACTION_LIMIT, Target, Watch, resolve};
use crate::error::SipError;
use crate::event::LegEvent;
use crate::message;
use crate::server;

/// How long a call may ring when its owner sets no limit of its own.
const SETUP_LIMIT: Duration = Duration::from_secs(600);
const MAX_PARKED: usize = 4;

/// How the INVITE to one address went.
enum Outcome {
    Answered(Box<Call>),
    /// Nobody is there; the next address may be better.
    Unreachable(String),
}

/// How one INVITE transaction ended.
enum Verdict {
    Final(Box<Response>),
    Unreachable(String),
    LetGo(&'static str),
}

/// What the wait for a final response keeps count of.
struct Wait {
    /// Whether any response has come: only then may a CANCEL go out (RFC 3261 §9.1).
    is_heard: bool,
    is_cancelled: bool,
    deadline: Instant,
}

impl Task {
    /// Tries the addresses of the called party in turn (RFC 3263 §4.3).
    pub(super) async fn set_up(&mut self) -> Result<Box<Call>, LegEvent> {
        let targets = self.find().await?;
        let mut failure = String::new();
        let mut sequence = 1;
        for target in targets {
            match self.try_target(target, &mut sequence).await? {
                Outcome::Answered(call) => return Ok(call),
                Outcome::Unreachable(reason) => failure = reason,
            }
            if !self.is_wanted {
                break;
            }
        }
        Err(LegEvent::Unreachable { reason: failure })
    }

    async fn find(&mut self) -> Result<Vec<Target>, LegEvent> {
        let uri = self.plan.uri.clone();
        let local = self.core.engine.local();
        let mut lookup = std::pin::pin!(resolve(&uri, local));
        loop {
            tokio::select! {
                found = &mut lookup => return found.map_err(|reason| LegEvent::Unreachable { reason }),
                command = self.commands.recv() => {
                    self.note(command);
                    if !self.is_wanted {
                        return Err(Self::let_go("abandoned before the INVITE was sent"));
                    }
                }
            }
        }
    }

    /// Sends the INVITE to `target`, again for each challenge that can be answered (RFC 3261 §22.2).
    async fn try_target(&mut self, target: Target, sequence: &mut u32) -> Result<Outcome, LegEvent> {
        loop {
            let mut request = self.plan.request(&self.core.engine, target, *sequence);
            self.authenticator.sign(&mut request);
            // Watching starts first: the ICMP error may be back before the pump's first word.
            let watch = self.core.engine.watch(target);
            let mut attempt = Attempt::start(&self.core.engine, request, target);
            let response = match self.wait(&mut attempt, watch).await {
                Verdict::Final(response) => response,
                Verdict::Unreachable(reason) => {
                    attempt.forget();
                    return Ok(Outcome::Unreachable(reason));
                }
                Verdict::LetGo(reason) => {
                    attempt.forget();
                    return Err(Self::let_go(reason));
                }
            };
            let (status, reason) = message::status(&response);
            if status < 300 {
                return Ok(Outcome::Answered(Box::new(self.confirm(attempt, &response, target))));
            }
            *sequence += 1;
            if !self.is_wanted || !self.authenticator.learn(status, &response.headers) {
                let retry_after = message::retry_after(&response.headers);
                let headers = message::told(&response.headers);
                return Err(LegEvent::Refused { status, reason, retry_after, headers });
            }
        }
    }

    fn confirm(&mut self, attempt: Attempt, response: &Response, target: Target) -> Call {
        if self.is_wanted {
            let (status, reason) = message::status(response);
            let sdp = message::sdp(&response.headers, &response.body);
            self.sink.tell(LegEvent::Answered { status, reason, sdp });
        }
        let dialog = Dialog::confirm(&self.plan, attempt.request(), response, target);
        let is_ack_ours = message::value(&response.headers, "Contact").is_none();
        Call { dialog, attempt, is_ack_ours, forks: Forks::default() }
    }

    async fn wait(&mut self, attempt: &mut Attempt, mut watch: Watch) -> Verdict {
        let mut wait = Wait { is_heard: false, is_cancelled: false, deadline: Instant::now() + SETUP_LIMIT };
        loop {
            tokio::select! {
                signal = attempt.signals.recv() => match signal {
                    Some(Signal::Sent) => match watch.reported() {
                        Some(fault) => return Verdict::Unreachable(fault),
                        None => self.on_sent(attempt),
                    },
                    Some(Signal::Failed(reason)) => return Verdict::Unreachable(reason),
                    Some(Signal::Response(response)) if response.status_code.code() >= 200 => {
                        return Verdict::Final(response);
                    }
                    Some(Signal::Response(response)) => {
                        wait.is_heard = true;
                        self.on_provisional(&response);
                        self.cancel_if_unwanted(attempt, &mut wait);
                    }
                    None => return Verdict::LetGo("the INVITE ended without a final response"),
                },
                fault = watch.fault(), if !wait.is_heard => return Verdict::Unreachable(fault),
                command = self.commands.recv(), if self.is_wanted => {
                    self.note(command);
                    self.give_up_if_unwanted(attempt, &mut wait);
                }
                () = self.core.shutdown.cancelled(), if self.is_wanted => {
                    self.is_wanted = false;
                    self.give_up_if_unwanted(attempt, &mut wait);
                }
                Some(request) = self.registration.requests.recv() => self.answer_early(request).await,
                () = tokio::time::sleep_until(wait.deadline) => {
                    if !self.is_wanted {
                        return Verdict::LetGo("abandoned");
                    }
                    self.is_wanted = false;
                    self.give_up_if_unwanted(attempt, &mut wait);
                }
            }
        }
    }

    fn on_sent(&mut self, attempt: &mut Attempt) {
        self.sink.tell(LegEvent::Sent);
        if !self.is_wanted {
            attempt.stop_retransmitting();
        }
    }

    fn on_provisional(&mut self, response: &Response) {
        if !self.is_wanted {
            return;
        }
        let (status, reason) = message::status(response);
        let sdp = message::sdp(&response.headers, &response.body);
        self.sink.tell(match status {
            100 => LegEvent::Trying,
            _ => LegEvent::Progress { status, reason, sdp },
        });
    }

    /// Takes note of a command that came before the answer; `None` is the loss of the last handle.
    fn note(&mut self, command: Option<Command>) {
        match command {
            Some(Command::Abandon) | None => self.is_wanted = false,
            Some(Command::Hangup { done, .. }) => drop(done.send(Err(SipError::NotAnswered))),
            Some(Command::Request { done, .. }) => drop(done.send(Err(SipError::NotAnswered))),
        }
    }

    fn give_up_if_unwanted(&mut self, attempt: &mut Attempt, wait: &mut Wait) {
        if self.is_wanted {
            return;
        }
        wait.deadline = Instant::now() + TRANSACTION_LIMIT;
        if !wait.is_heard {
            attempt.stop_retransmitting();
        }
        self.cancel_if_unwanted(attempt, wait);
    }

    fn cancel_if_unwanted(&mut self, attempt: &Attempt, wait: &mut Wait) {
        if self.is_wanted || !wait.is_heard || wait.is_cancelled {
            return;
        }
        attempt.cancel();
        wait.is_cancelled = true;
        // After 64*T1 the transaction counts as cancelled (RFC 3261 §9.1).
        wait.deadline = Instant::now() + TRANSACTION_LIMIT;
    }

    /// Answers a request of an early dialog. One that needs the answer, which another queue may already hold, waits.
    async fn answer_early(&mut self, request: Transaction) {
        match request.original.method {
            Method::Options | Method::Info => server::reply(request, 200, &[]).await,
            // Our own offer is still open (RFC 3311 §5.2).
            Method::Update => server::reply(request, 491, &[]).await,
            _ if self.parked.len() < MAX_PARKED => self.parked.push(request),
            _ => server::reply(request, 500, &[("Retry-After", "1")]).await,
        }
    }
}
