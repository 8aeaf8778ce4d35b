//! From routing to the end of a call.

use std::time::Duration;

use strowger_model::call_record::TerminatedBy;
use strowger_store::StoreError;

use super::conversation::Conversation;
use super::line::Line;
use super::off_net;
use super::plan::Plan;
use crate::candidate::{Candidate, Turn};
use crate::create::Target;
use crate::error::CreateError;
use crate::hunt::{self, Failure, Outcome};
use crate::ports::{RouteFailure, Routed};
use crate::queue_events::QueueEvent;
use crate::registry::Seat;
use crate::services::Services;

/// How long the store may take for the record of a call.
const RECORDED: Duration = Duration::from_secs(3);

/// Places the call and stays with it to its end. The seat is given up when the record is durable.
pub(crate) async fn run(services: Services, plan: Plan, mut line: Line, seat: Seat) {
    let (turns, recorded) = tokio::join!(turns(&services, &plan, &line), recorded(&line));
    match recorded.and(turns) {
        Ok(Routed { turns, steps }) => {
            line.routed(steps);
            place(&services, &plan, &turns, &mut line).await;
        }
        Err((failure, error)) => {
            line.failed(&failure, None, Some(error.to_string()));
            line.not_launched(error);
        }
    }
    let record = line.record().clone();
    let queued = match plan.tells_queues {
        true => services.queue_events.place(record.account_sid, record.call_sid).await,
        false => None,
    };
    // Where the writer is gone the process is ending, and there is nothing to wait for.
    let _ = line.settle(!seat.call.is_discarded()).await;
    drop(seat);
    if let Some(queued) = queued {
        services.queue_events.tell(&record, &queued, QueueEvent::Abandoned).await;
    }
}

/// A call is placed once its record is durable, so that none can be lost with its node without a trace.
async fn recorded(line: &Line) -> Result<(), (Failure, CreateError)> {
    match tokio::time::timeout(RECORDED, line.begin()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => {
            let error = StoreError::Unreachable("the record of the call was not written in time".into());
            Err((Failure::new(503, "Service Unavailable"), error.into()))
        }
    }
}

async fn place(services: &Services, plan: &Plan, turns: &[Turn], line: &mut Line) {
    let limits = hunt::Limits { ring: plan.ring, attempts: services.config.max_attempts };
    match hunt::hunt(&*services.legs, &plan.caller, turns, limits, line).await {
        Outcome::Answered { leg, status, reason } => {
            tracing::debug!(call_sid = %line.record().call_sid, status, reason, "answered");
            line.answered();
            Conversation::new(services, line, leg, plan.time_limit).run().await;
        }
        Outcome::Failed(failure) => {
            let reason = line.record().attempts.last().and_then(|attempt| attempt.reason.clone());
            line.failed(&failure, None, reason.clone());
            let sid = line.record().call_sid;
            let reason = reason.unwrap_or_else(|| failure.reason.clone());
            let error = match turns.iter().any(|turn| matches!(turn, Turn::Dial(_))) {
                true => CreateError::NotSent { sid, reason },
                false => CreateError::NoneDiallable { sid, number: plan.target.address().to_owned(), reason },
            };
            line.not_launched(error);
        }
        Outcome::Unwanted => {
            line.failed(&Failure::new(487, "Request Terminated"), Some(TerminatedBy::Strowger), None);
            line.not_launched(CreateError::ShuttingDown);
            line.given_up();
        }
    }
}

async fn turns(services: &Services, plan: &Plan, line: &Line) -> Result<Routed, (Failure, CreateError)> {
    let sid = line.record().call_sid;
    let (number, trunk) = match &plan.target {
        Target::Sip { uri, auth, .. } => {
            let credentials = auth.as_ref().map(|auth| strowger_sip::Credentials {
                username: auth.username.clone(),
                password: auth.password.expose().to_owned(),
                realm: None,
            });
            return Ok(vec![Candidate::direct(uri.clone(), plan.invite_headers(), credentials).into()].into());
        }
        Target::Phone { number, trunk, .. } => (number, trunk),
    };
    let account = line.record().account_sid;
    let routed = services.routes.route(account, off_net::request(plan, account, sid, number)).await;
    let mut routed = routed.map_err(|failure| {
        let status = match failure {
            RouteFailure::Forbidden(_) => Failure::new(403, "Forbidden"),
            RouteFailure::Chain(_) => Failure::new(480, "Temporarily Unavailable"),
            RouteFailure::Fault(_) => Failure::new(500, "Server Internal Error"),
        };
        (status, CreateError::NotRouted { sid, reason: failure.to_string() })
    })?;
    if let Some(trunk) = trunk {
        routed.turns.retain(|turn| turn.carrier() == trunk);
    }
    if routed.turns.is_empty() {
        return Err((Failure::new(404, "Not Found"), CreateError::NoCarrier { sid, number: number.clone() }));
    }
    Ok(routed)
}
