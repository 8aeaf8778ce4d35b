//! From chosen carriers to endpoints: one a gateway, in the order in which they are dialled.

mod caller_id;
mod candidate;
mod demands;
mod fields;
mod formatting;
mod from_uri;
mod headers;
mod invite;
mod notes;
mod parameters;
mod privacy;
mod user_part;

use std::collections::HashSet;
use std::sync::Arc;

use rand::seq::SliceRandom;
use serde::Serialize;
use serde_json::{Map, Value};
use strowger_model::resource::{Gateway, GatewayStrategy};
use strowger_sandbox::{RequestFields, Sandbox};

use crate::chain::{Adjusted, Outcome};
use crate::emergency::Emergency;
use crate::profile::HostProfile;
use crate::route::Route;
use crate::snapshot::Snapshot;

use candidate::{Call, Candidate, Chosen};
use formatting::Formatting;
pub use invite::{Credentials, EndpointInvite, Sender};
use notes::Notes;
pub use privacy::Hidden;

/// Expressions that are tried on the number of an emergency call.
const MOST_TESTS: usize = 256;

/// Where one INVITE goes.
#[derive(Debug, Clone, Serialize)]
pub struct Endpoint {
    /// The carrier; with its variant where the chain chose one of its faces.
    pub resource_id: String,
    /// The carrier's name.
    pub name: String,
    /// The request URI without its parameters.
    pub route: String,
    /// The weight it was ordered by.
    pub weight: u32,
    /// The endpoint by its documented field names, after formatting.
    pub fields: Map<String, Value>,
    /// What SIP is told.
    #[serde(skip)]
    pub invite: EndpointInvite,
}

/// A gateway whose turn passes without an INVITE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedEndpoint {
    /// The carrier, as an endpoint's.
    pub resource_id: String,
    /// The carrier's name.
    pub name: String,
    /// Host name or address of the gateway.
    pub server: String,
    /// Why it is not dialled.
    pub reason: String,
    /// How many endpoints come before it.
    pub after: usize,
}

/// What endpoints are built from, beside what the chain chose.
pub(crate) struct Building {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) profile: Arc<HostProfile>,
    pub(crate) request: Arc<RequestFields>,
    /// The number that was routed.
    pub(crate) number: String,
    /// Gateways wanted at the most: a call gives up long before a thousand carriers.
    pub(crate) limit: usize,
}

impl Building {
    /// Whether a plugin of the account's own takes part, which may take its time.
    pub(crate) fn is_slow(&self) -> bool {
        self.snapshot.rewriters.own().is_some()
    }

    /// Builds the answer.
    pub(crate) fn build(&self, outcome: &mut Outcome) -> Route {
        // Both kinds are in a pool only where the account hunts local_then_global: the chain orders each kind, "then" orders the kinds.
        outcome.rows.sort_by_key(|row| self.snapshot.pool.get(*row).is_some_and(|carrier| carrier.global));
        let mut notes = Notes::default();
        let mut route = Route::default();
        let chosen = self.chosen(outcome, &mut route.resources, &mut notes);
        let emergency = chosen.iter().any(Chosen::is_emergency);
        let call = Call { profile: &self.profile, request: &self.request, number: &self.number, emergency };
        route.emergency = emergency.then(|| Emergency { test: self.is_test(&chosen) });
        let mut formatting = Formatting::default();
        let mut seen = HashSet::new();
        for chosen in &chosen {
            let candidate = Candidate { chosen, call: &call };
            match self.endpoint(&candidate, &mut formatting, &mut notes) {
                Ok(endpoint) => {
                    // Two gateways with the same request URI are one endpoint.
                    if seen.insert((endpoint.resource_id.clone(), endpoint.invite.request_uri.clone())) {
                        route.endpoints.push(endpoint);
                    }
                }
                Err(reason) => {
                    notes.about(&candidate, format!("not dialled: {reason}"));
                    route.refused.push(refused(&candidate, reason, route.endpoints.len()));
                }
            }
        }
        let (mut trace, failure) = (std::mem::take(&mut outcome.trace), outcome.failure.take());
        trace.extend(self.snapshot.rewriters.own().and_then(|own| formatting.into_trace(own)));
        Route { trace, failure, notes: notes.into_texts(), ..route }
    }

    /// Whether a chosen carrier takes the number for that of a test.
    fn is_test(&self, chosen: &[Chosen<'_>]) -> bool {
        let dialled = self.request.text("To-DID").unwrap_or(&self.number);
        let expressions = chosen.iter().flat_map(|chosen| &chosen.carrier.resource.rules_test);
        expressions.take(MOST_TESTS).any(|expression| self.snapshot.joins.expressions.is_match(expression, dialled))
    }

    /// The enabled gateways of the chosen carriers, and the carriers' ids.
    fn chosen<'o>(&'o self, outcome: &'o Outcome, ids: &mut Vec<String>, notes: &mut Notes) -> Vec<Chosen<'o>> {
        let mut chosen = Vec::new();
        for row in &outcome.rows {
            if chosen.len() >= self.limit {
                break;
            }
            let Some(carrier) = self.snapshot.pool.get(*row) else { continue };
            let adjusted = Adjusted::of(*row, &outcome.adjustments);
            let id = adjusted.id_of(&carrier.resource.id);
            let gateways = gateways(&carrier.resource.gateways, carrier.resource.gateway_strategy);
            if gateways.is_empty() {
                notes.of_carrier(&id, "it has no enabled gateway");
            }
            ids.push(id);
            let each = |(index, gateway)| Chosen { row: *row, carrier, adjusted, gateway, index };
            chosen.extend(gateways.into_iter().map(each));
        }
        chosen
    }

    /// Builds one endpoint.
    ///
    /// # Errors
    /// Why the gateway is not dialled.
    fn endpoint(
        &self,
        candidate: &Candidate<'_>,
        formatting: &mut Formatting,
        notes: &mut Notes,
    ) -> Result<Endpoint, String> {
        if let Some(reason) = demands::refusal(candidate) {
            return Err(reason);
        }
        demands::note(candidate, notes);
        let formatters = candidate.formatters();
        let mut fields = fields::build(candidate, notes);
        if let Some(own) = self.snapshot.rewriters.own() {
            fields = formatting.apply(self, own, candidate, fields, notes)?;
        } else if !formatters.is_empty() {
            let row = candidate.chosen.row;
            let formatted = self.snapshot.rewriters.outbound(&self.sandbox, row, formatters, &fields);
            // Dialled unformatted, a carrier could be shown what its formatters hide.
            fields = formatted.map_err(|fault| fault.to_string())?.fields;
        }
        from_uri::set(candidate, &mut fields, notes);
        let route = fields.get("Route").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Endpoint {
            resource_id: candidate.resource_id(),
            name: candidate.name(),
            weight: candidate.weight(),
            invite: invite::build(candidate, &fields, notes)?,
            route,
            fields,
        })
    }
}

fn refused(candidate: &Candidate<'_>, reason: String, after: usize) -> RefusedEndpoint {
    let server = candidate.gateway().server.clone();
    RefusedEndpoint { resource_id: candidate.resource_id(), name: candidate.name(), server, reason, after }
}

/// The enabled gateways with their places in the document, in the order of the carrier's strategy.
fn gateways(listed: &[Gateway], strategy: GatewayStrategy) -> Vec<(usize, &Gateway)> {
    let mut enabled: Vec<_> = listed.iter().enumerate().filter(|(_, gateway)| gateway.enabled).collect();
    if strategy == GatewayStrategy::Random {
        enabled.shuffle(&mut rand::rng());
    }
    enabled
}
