//! One candidate's turn.

use strowger_sip::LegEvent;
use tokio::time::Instant;

use super::best::Considered;
use super::early::Early;
use super::timers::{Expired, Timers};
use super::{Desk, Failure, Progress};
use crate::candidate::Candidate;
use crate::meter;
use crate::ports::{Caller, LegError, Legs, StartedLeg};

/// Statuses that speak for the called party, whichever carrier passes them on.
const FINAL: [u16; 5] = [486, 600, 603, 604, 607];

pub(super) enum Verdict {
    Answered {
        leg: StartedLeg,
        status: u16,
        reason: String,
    },
    /// The call fails.
    Over(Failure),
    /// The next candidate gets its turn.
    Next(Considered),
    Unwanted,
}

pub(super) async fn run(
    legs: &dyn Legs,
    caller: &Caller,
    candidate: &Candidate,
    deadline: Instant,
    desk: &mut dyn Desk,
) -> Verdict {
    match legs.start(candidate, caller).await {
        Ok(leg) => {
            let early = if candidate.ignore_early_media { Early::Ignored(None) } else { Early::Heard };
            follow(leg, Timers::new(candidate, deadline), early, desk).await
        }
        Err(LegError::Candidate(text)) => {
            let failure = Considered { failure: Failure::new(500, text), concluded: true };
            end(desk, "invalid", None, &failure.failure.reason);
            Verdict::Next(failure)
        }
        Err(LegError::Overloaded(text)) => {
            end(desk, "overloaded", None, &text);
            Verdict::Over(Failure::new(503, text))
        }
    }
}

/// Events come first: an answer that arrived together with a deadline counts.
async fn follow(mut leg: StartedLeg, mut timers: Timers, mut early: Early, desk: &mut dyn Desk) -> Verdict {
    loop {
        tokio::select! {
            biased;
            event = leg.events.recv() => match take(&leg, event, &mut timers, &mut early, desk) {
                Step::Wait => {}
                Step::Answered { status, reason, agreed: true } => {
                    end(desk, "answered", Some(status), &reason);
                    return Verdict::Answered { leg, status, reason };
                }
                Step::Answered { agreed: false, .. } => return unusable(&leg, desk).await,
                Step::Verdict(verdict) => return verdict,
            },
            () = desk.unwanted() => {
                leg.control.abandon().await;
                end(desk, "abandoned", None, "given up");
                return Verdict::Unwanted;
            }
            expired = timers.expired() => {
                leg.control.abandon().await;
                return late(&expired, desk);
            }
        }
    }
}

enum Step {
    Wait,
    Answered { status: u16, reason: String, agreed: bool },
    Verdict(Verdict),
}

fn take(
    leg: &StartedLeg,
    event: Option<LegEvent>,
    timers: &mut Timers,
    early: &mut Early,
    desk: &mut dyn Desk,
) -> Step {
    match event {
        Some(LegEvent::Sent) => desk.progress(Progress::Sent { call_id: leg.call_id.clone() }),
        Some(LegEvent::Progress { status, reason, sdp }) => {
            let early_media = early.take(leg, sdp);
            timers.responded(status, early_media);
            if matches!(status, 180 | 183) || early_media {
                desk.progress(Progress::Ringing { status, reason, early_media });
            }
        }
        Some(LegEvent::Answered { status, reason, sdp }) => {
            return Step::Answered { status, reason, agreed: early.settle(leg, sdp) };
        }
        Some(LegEvent::Refused { status, reason, .. }) => return Step::Verdict(refused(status, reason, desk)),
        Some(LegEvent::Unreachable { reason }) => {
            end(desk, "unreachable", None, &reason);
            let failure = Failure::new(503, "Service Unavailable");
            return Step::Verdict(Verdict::Next(Considered { failure, concluded: true }));
        }
        // An unanswered leg that ends without a status has nothing more to say.
        Some(LegEvent::Ended { .. }) | None => {
            end(desk, "unreachable", None, "the leg ended without an answer");
            let failure = Failure::new(500, "Server Internal Error");
            return Step::Verdict(Verdict::Next(Considered { failure, concluded: true }));
        }
        Some(LegEvent::Trying) => timers.heard(),
        Some(LegEvent::Reoffer { .. } | LegEvent::Info { .. }) => {}
    }
    Step::Wait
}

fn refused(status: u16, reason: String, desk: &mut dyn Desk) -> Verdict {
    end(desk, "refused", Some(status), &reason);
    let failure = Failure::new(status, reason);
    if FINAL.contains(&status) {
        return Verdict::Over(failure);
    }
    Verdict::Next(Considered { failure, concluded: false })
}

/// The called party picked up, so that ringing anybody else would be wrong; but nobody could hear anything.
async fn unusable(leg: &StartedLeg, desk: &mut dyn Desk) -> Verdict {
    // The leg is let go in any case; a BYE without headers is never refused.
    let _ = leg.control.hangup(Vec::new()).await;
    end(desk, "unusable", Some(488), "the answer's session description cannot be used");
    Verdict::Over(Failure::new(488, "Not Acceptable Here"))
}

fn late(expired: &Expired, desk: &mut dyn Desk) -> Verdict {
    let next = |status, reason| Verdict::Next(Considered { failure: Failure::new(status, reason), concluded: true });
    match expired {
        Expired::Answer => {
            end(desk, "no_answer", None, "not answered in time");
            Verdict::Over(Failure::new(487, "Request Terminated"))
        }
        Expired::Response => {
            end(desk, "no_response", None, "no SIP answer within the grace period");
            next(408, "Request Timeout")
        }
        Expired::Progress => {
            end(desk, "no_progress", None, "no ringing within the progress timeout");
            next(408, "Request Timeout")
        }
    }
}

fn end(desk: &mut dyn Desk, outcome: &'static str, sip_status: Option<u16>, reason: &str) {
    meter::attempt(outcome);
    desk.ended(sip_status, reason);
}
