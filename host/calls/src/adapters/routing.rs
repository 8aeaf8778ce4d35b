//! Turns of gateways from the router.

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_model::AccountId;
use strowger_model::call_record::RoutedStep;
use strowger_routing::{Emergency, Endpoint, REFUSED_CALLER_ID, RefusedEndpoint, RouteRequest, Router, StepTrace};

use crate::candidate::{Candidate, Turn};
use crate::meter;
use crate::ports::{RouteFailure, Routed, Routes};

/// Carriers of an emergency call that are told of.
const SHOWN_CARRIERS: usize = 8;

#[async_trait]
impl Routes for Router {
    async fn route(&self, account: AccountId, fields: Map<String, Value>) -> Result<Routed, RouteFailure> {
        let call = call_of(&fields);
        let recorded = Some(call.1.clone()).filter(|sid| !sid.is_empty());
        let routed = Self::route(self, RouteRequest { call: recorded, ..RouteRequest::call(account, fields) }).await;
        let route = routed.map_err(|error| RouteFailure::Fault(error.to_string()))?;
        if let Some(emergency) = &route.emergency {
            notify(account, &call, emergency, &route.resources);
        }
        match route.failure {
            Some(failure) if failure.kind == REFUSED_CALLER_ID => Err(RouteFailure::Forbidden(failure.message)),
            Some(failure) => Err(RouteFailure::Chain(failure.message)),
            None => {
                let steps = route.trace.into_iter().map(told).collect();
                Ok(Routed { turns: in_order(route.endpoints, route.refused), steps })
            }
        }
    }
}

fn told(step: StepTrace) -> RoutedStep {
    RoutedStep {
        module: step.module.as_ref().to_owned(),
        rung: step.rung.name().to_owned(),
        plugin: step.plugin.map(|plugin| plugin.as_ref().to_owned()),
        error: step.tried.into_iter().next().map(|tried| tried.error),
    }
}

/// The number that is called, and the call's id.
fn call_of(fields: &Map<String, Value>) -> (String, String) {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let variables = fields.get("Requestor-Custom-Channel-Vars");
    (text(fields.get("To-DID")), text(variables.and_then(|variables| variables.get("call_sid"))))
}

/// Operators are told of every call to emergency services, refused ones too.
fn notify(account: AccountId, (number, call): &(String, String), emergency: &Emergency, carriers: &[String]) {
    meter::emergency(emergency.test);
    let carriers = carriers.iter().take(SHOWN_CARRIERS).map(String::as_str).collect::<Vec<_>>().join(", ");
    tracing::warn!(%account, call_sid = %call, %number, test = emergency.test, %carriers, "emergency call");
}

/// Refused gateways keep their places among the others.
fn in_order(endpoints: Vec<Endpoint>, refused: Vec<RefusedEndpoint>) -> Vec<Turn> {
    let mut turns = Vec::with_capacity(endpoints.len() + refused.len());
    let mut refused = refused.into_iter().peekable();
    for (index, endpoint) in endpoints.into_iter().enumerate() {
        while let Some(passed) = refused.next_if(|refused| refused.after <= index) {
            turns.push(Turn::from(passed));
        }
        turns.push(Turn::from(Candidate::from(endpoint)));
    }
    turns.extend(refused.map(Turn::from));
    turns
}
