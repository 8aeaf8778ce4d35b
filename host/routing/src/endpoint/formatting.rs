//! Endpoints as an account's own formatter makes them, and how that is told in the trace.

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_model::OnFormatError;
use strowger_model::chain::OnError;

use super::Building;
use super::candidate::Candidate;
use super::notes::Notes;
use crate::own_formatter::OwnFormatter;
use crate::rung::Rung;
use crate::trace::{Dropped, StepTrace, Tried};

/// The step of the trace that tells of it.
const MODULE: &str = "formatter";
/// Failures that are told; a hunt has seldom more gateways.
const TOLD: usize = 20;

/// What came of formatting so far.
#[derive(Default)]
pub(super) struct Formatting {
    asked: usize,
    formatted: usize,
    skipped: usize,
    failures: Vec<Tried>,
    dropped: Vec<Dropped>,
    elapsed: Duration,
    fuel: u64,
}

impl Formatting {
    /// Has the plugin format an endpoint.
    ///
    /// # Errors
    /// Why the gateway is not dialled.
    pub(super) fn apply(
        &mut self,
        building: &Building,
        own: &OwnFormatter,
        candidate: &Candidate<'_>,
        fields: Map<String, Value>,
        notes: &mut Notes,
    ) -> Result<Map<String, Value>, String> {
        self.asked += 1;
        let failure = match self.rewritten(building, own, candidate, &fields) {
            Ok(formatted) => return Ok(formatted),
            Err(failure) => failure,
        };
        let reason = failure.error.clone();
        if self.failures.len() < TOLD {
            self.failures.push(*failure);
        }
        // Nobody who calls for help is refused for how a number is written.
        if own.on_error == OnFormatError::Skip || candidate.call.emergency {
            self.skipped += 1;
            notes.about(candidate, format!("dialled unformatted: {reason}"));
            return Ok(fields);
        }
        if self.dropped.len() < TOLD {
            self.dropped.push(Dropped { id: candidate.resource_id(), reason: reason.clone() });
        }
        Err(reason)
    }

    fn rewritten(
        &mut self,
        building: &Building,
        own: &OwnFormatter,
        candidate: &Candidate<'_>,
        fields: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Box<Tried>> {
        if !own.breaker.admits() {
            return Err(Tried::left_alone(Rung::Step, &own.plugin).into());
        }
        let rewriters = &building.snapshot.rewriters;
        let row = candidate.chosen.row;
        match rewriters.outbound(&building.sandbox, row, candidate.formatters(), fields) {
            Ok(rewritten) => {
                own.breaker.succeeded();
                self.formatted += 1;
                self.elapsed += rewritten.elapsed;
                self.fuel += rewritten.fuel;
                Ok(rewritten.fields)
            }
            Err(fault) => {
                own.breaker.failed(&fault.kind);
                tracing::warn!(%fault, "endpoint is not formatted");
                Err(Tried::failed(Rung::Step, &fault).into())
            }
        }
    }

    /// As a step of the trace, whose carriers are gateways; none where nothing was to be formatted.
    pub(super) fn into_trace(self, own: &OwnFormatter) -> Option<StepTrace> {
        if self.asked == 0 {
            return None;
        }
        let has_answered = self.formatted > 0;
        let rung = match (self.failures.is_empty(), self.skipped > 0) {
            (true, _) => Rung::Step,
            (false, true) => Rung::OnError(OnError::Skip),
            (false, false) => Rung::OnError(OnError::Fail),
        };
        let error = self.failures.last().map(|last| last.error.clone());
        Some(StepTrace {
            rung,
            plugin: has_answered.then(|| own.plugin.clone()),
            tried: self.failures,
            micros: u64::try_from(self.elapsed.as_micros()).unwrap_or(u64::MAX),
            elapsed: self.elapsed,
            fuel: self.fuel,
            error,
            ..StepTrace::of_host(MODULE, self.asked, self.formatted + self.skipped, self.dropped)
        })
    }
}
