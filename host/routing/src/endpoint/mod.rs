//! From chosen carriers to endpoints: one a gateway, in the order in which they are dialled.

mod caller_id;
mod fields;
mod from_uri;
mod headers;
mod invite;
mod parameters;
mod user_part;

use std::collections::HashSet;
use std::time::Duration;

use rand::seq::SliceRandom;
use serde::Serialize;
use serde_json::{Map, Value};
use strowger_model::Secret;
use strowger_model::resource::{EndpointType, Gateway, GatewayStrategy};
use strowger_sandbox::{PluginFault, RequestFields, Sandbox};

use crate::chain::{Adjusted, Outcome};
use crate::pool::{Pool, PoolCarrier};
use crate::rewriters::Rewriters;
use crate::route::Route;

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

/// Digest credentials of a gateway.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password; never shown.
    pub password: Secret,
    /// The realm that they are for, where the gateway names one.
    pub realm: Option<String>,
}

/// An INVITE as the endpoint wants it.
#[derive(Debug, Clone)]
pub struct EndpointInvite {
    /// Request URI with its parameters.
    pub request_uri: String,
    /// From URI, where the carrier wants one of its own.
    pub from_uri: Option<String>,
    /// Number of the caller.
    pub caller_id_number: Option<String>,
    /// Name of the caller.
    pub caller_id_name: Option<String>,
    /// Headers to add.
    pub headers: Vec<(String, String)>,
    /// Codecs in the order of the offer; empty for the installation's own order.
    pub codecs: Vec<String>,
    /// Answer to a digest challenge.
    pub credentials: Option<Credentials>,
    /// Silence after which the next endpoint is started.
    pub grace_period: Duration,
    /// Time until ringing or early media.
    pub progress_timeout: Option<Duration>,
}

/// One gateway of a chosen carrier with what the chain said of it.
pub(crate) struct Candidate<'a> {
    pub(crate) carrier: &'a PoolCarrier,
    pub(crate) gateway: &'a Gateway,
    pub(crate) adjusted: Adjusted<'a>,
    pub(crate) request: &'a RequestFields,
    /// The number that was routed.
    pub(crate) number: &'a str,
}

impl Candidate<'_> {
    /// The part of the number to dial.
    pub(crate) fn dialled(&self) -> &str {
        self.adjusted.dialled.unwrap_or(self.number)
    }

    fn resource_id(&self) -> String {
        self.adjusted.id_of(&self.carrier.resource.id)
    }

    fn name(&self) -> String {
        let name = &self.carrier.resource.name;
        self.adjusted.variant.map_or_else(|| name.clone(), |variant| format!("{name} - {variant}"))
    }

    pub(crate) fn weight(&self) -> u32 {
        self.adjusted.weight.unwrap_or(self.carrier.resource.weight_cost)
    }

    pub(crate) fn is_emergency(&self) -> bool {
        let carrier = self.adjusted.emergency.unwrap_or_else(|| self.carrier.resource.is_emergency());
        carrier || self.gateway.emergency
    }
}

/// What endpoints are built from, beside what the chain chose.
pub(crate) struct Building<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) pool: &'a Pool,
    pub(crate) rewriters: &'a Rewriters,
    pub(crate) request: &'a RequestFields,
    /// The number that was routed.
    pub(crate) number: &'a str,
    /// Endpoints wanted at the most: a call gives up long before a thousand carriers.
    pub(crate) limit: usize,
}

impl Building<'_> {
    /// Builds the answer.
    pub(crate) fn build(&self, mut outcome: Outcome) -> Route {
        // Both kinds are in a pool only where the account hunts local_then_global: the chain orders each kind, "then" orders the kinds.
        outcome.rows.sort_by_key(|row| self.pool.get(*row).is_some_and(|carrier| carrier.global));
        let mut route = Route { trace: outcome.trace, failure: outcome.failure, ..Route::default() };
        let mut seen = HashSet::new();
        for row in outcome.rows {
            if route.endpoints.len() >= self.limit {
                break;
            }
            if let Some(carrier) = self.pool.get(row) {
                let adjusted = Adjusted::of(row, &outcome.adjustments);
                self.add(row, carrier, adjusted, &mut seen, &mut route);
            }
        }
        route
    }

    /// Adds a carrier and an endpoint for each of its gateways; two gateways with the same request URI are one endpoint.
    fn add(
        &self,
        row: u32,
        carrier: &PoolCarrier,
        adjusted: Adjusted<'_>,
        seen: &mut HashSet<(String, String)>,
        route: &mut Route,
    ) {
        route.resources.push(adjusted.id_of(&carrier.resource.id));
        for gateway in gateways(carrier, &mut route.notes) {
            let candidate = Candidate { carrier, gateway, adjusted, request: self.request, number: self.number };
            match self.endpoint(row, &candidate, &mut route.notes) {
                Ok(endpoint) => {
                    if seen.insert((endpoint.resource_id.clone(), endpoint.invite.request_uri.clone())) {
                        route.endpoints.push(endpoint);
                    }
                }
                // Dialled unformatted, a carrier could be shown what its formatters hide.
                Err(fault) => route.notes.push(format!("{} is not dialled: {fault}", candidate.resource_id())),
            }
        }
    }

    fn endpoint(&self, row: u32, candidate: &Candidate<'_>, notes: &mut Vec<String>) -> Result<Endpoint, PluginFault> {
        let formatters = &candidate.carrier.resource.formatters;
        let mut fields = fields::build(candidate, notes);
        if !formatters.is_empty() {
            fields = self.rewriters.outbound(self.sandbox, row, formatters, &fields)?;
        }
        from_uri::set(candidate, &mut fields);
        let route = fields.get("Route").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Endpoint {
            resource_id: candidate.resource_id(),
            name: candidate.name(),
            weight: candidate.weight(),
            invite: invite::build(candidate, &fields, &route),
            route,
            fields,
        })
    }
}

/// The enabled SIP gateways in the order of the carrier's strategy.
fn gateways<'a>(carrier: &'a PoolCarrier, notes: &mut Vec<String>) -> Vec<&'a Gateway> {
    let resource = &carrier.resource;
    let enabled = resource.gateways.iter().filter(|gateway| gateway.enabled);
    let (mut sip, other): (Vec<&Gateway>, Vec<&Gateway>) =
        enabled.partition(|gateway| gateway.endpoint_type == EndpointType::Sip);
    if !other.is_empty() {
        notes.push(format!("{}: {} gateways are not SIP and are not dialled", resource.id, other.len()));
    }
    if resource.gateway_strategy == GatewayStrategy::Random {
        sip.shuffle(&mut rand::rng());
    }
    sip
}
