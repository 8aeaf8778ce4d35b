//! Giving one gateway its turn after the other.
//!
//! Silence beyond the grace period, no ringing in time, an unreachable gateway and most refusals move on; 486, 600, 603, 604
//! and 607 are the called party's own word and end the hunt.

mod attempt;
mod best;
mod early;
mod timers;

use std::time::Duration;

use async_trait::async_trait;
use strowger_model::call_record::Attempt;
use tokio::time::Instant;

use crate::candidate::{Candidate, Passed, Turn};
use crate::ports::{Caller, Legs, StartedLeg};

use attempt::Verdict;
use best::{Best, Considered};

/// Bounds of one hunt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Time until the answer, over all candidates.
    pub ring: Duration,
    /// Candidates that are dialled.
    pub attempts: usize,
}

/// What a hunt tells while it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// An INVITE is on the wire.
    Sent { call_id: String },
    /// The far end rings, with or without sound.
    Ringing { status: u16, reason: String, early_media: bool },
}

/// Whoever has the hunt done.
#[async_trait]
pub(crate) trait Desk: Send {
    /// Takes note of progress.
    fn progress(&mut self, progress: Progress);

    /// Takes note of an attempt that begins.
    fn begun(&mut self, attempt: Attempt);

    /// Takes note of the last attempt's end.
    fn ended(&mut self, sip_status: Option<u16>, reason: &str);

    /// Returns when the call is not wanted any more. Dropped and asked again at will.
    async fn unwanted(&mut self);
}

/// How a hunt ends.
pub(crate) enum Outcome {
    /// Somebody answered, and the media is agreed on.
    Answered { leg: StartedLeg, status: u16, reason: String },
    /// Nobody did.
    Failed(Failure),
    /// The desk did not want the call any more.
    Unwanted,
}

/// A final SIP status, received or stood in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub status: u16,
    pub reason: String,
}

impl Failure {
    pub(crate) fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }
}

/// Hunts through the gateways in order.
pub(crate) async fn hunt(
    legs: &dyn Legs,
    caller: &Caller,
    turns: &[Turn],
    limits: Limits,
    desk: &mut dyn Desk,
) -> Outcome {
    let deadline = Instant::now() + limits.ring;
    let mut best = Best::default();
    let mut left = limits.attempts;
    for turn in turns {
        if left == 0 {
            break;
        }
        let candidate = match turn {
            Turn::Dial(candidate) => candidate,
            Turn::Pass(passed) => {
                best.consider(pass(passed, desk));
                continue;
            }
        };
        left -= 1;
        desk.begun(started(candidate));
        match attempt::run(legs, caller, candidate, deadline, desk).await {
            Verdict::Answered { leg, status, reason } => return Outcome::Answered { leg, status, reason },
            Verdict::Unwanted => return Outcome::Unwanted,
            Verdict::Over(failure) => return Outcome::Failed(failure),
            Verdict::Next(failure) => best.consider(failure),
        }
    }
    Outcome::Failed(best.into_failure())
}

fn started(candidate: &Candidate) -> Attempt {
    Attempt::start(candidate.resource_id.clone(), candidate.gateway().to_owned(), candidate.request_uri.clone())
}

/// A gateway that is passed over leaves an attempt without a route, which tells why.
fn pass(passed: &Passed, desk: &mut dyn Desk) -> Considered {
    desk.begun(Attempt::start(passed.resource_id.clone(), passed.server.clone(), String::new()));
    crate::meter::attempt("passed");
    desk.ended(None, &format!("not dialled: {}", passed.reason));
    Considered { failure: Failure::new(488, "Not Acceptable Here"), concluded: true }
}

#[cfg(test)]
mod tests;
