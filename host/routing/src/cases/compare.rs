//! A route beside what was expected of it.

use serde_json::{Map, Value, json};

use super::suite::{Expected, ExpectedError};
use super::verdict::{Difference, DroppedBy, Verdict};
use crate::endpoint::Endpoint;
use crate::route::Route;

pub(super) fn verdict(case: &str, expected: &Expected, route: &Route) -> Verdict {
    let dropped = dropped(route);
    let mut differences = Vec::new();
    differences.extend(error(&expected.error, route));
    differences.extend(carriers(expected, route));
    differences.extend(endpoints(expected, route));
    differences.extend(reasons(expected, &dropped));
    differences.extend(number(expected, route));
    Verdict { case: case.to_owned(), differences, dropped, notes: route.notes.clone() }
}

fn dropped(route: &Route) -> Vec<DroppedBy> {
    let steps = route.trace.iter().enumerate();
    steps
        .flat_map(|(step, trace)| {
            trace.dropped.iter().map(move |dropped| DroppedBy {
                carrier: dropped.id.clone(),
                step,
                module: trace.module.as_ref().to_owned(),
                reason: dropped.reason.clone(),
            })
        })
        .collect()
}

fn error(expected: &ExpectedError, route: &Route) -> Option<Difference> {
    let failure = route.failure.as_ref();
    let wanted = match expected {
        ExpectedError::Whichever => return None,
        ExpectedError::None => None,
        ExpectedError::Kind(kind) => Some(kind.clone()),
    };
    if failure.map(|failure| failure.kind) == wanted.as_deref() {
        return None;
    }
    let got = failure.map(|failure| format!("{}: {}", failure.kind, failure.message));
    Some(Difference::Error { expected: wanted, got })
}

fn carriers(expected: &Expected, route: &Route) -> Option<Difference> {
    let expected = expected.carriers.as_ref().filter(|carriers| **carriers != route.resources)?;
    Some(Difference::Carriers { expected: expected.clone(), got: route.resources.clone() })
}

fn endpoints(expected: &Expected, route: &Route) -> Vec<Difference> {
    let Some(expected) = &expected.endpoints else { return Vec::new() };
    if expected.len() != route.endpoints.len() {
        let got = route.endpoints.iter().map(|endpoint| endpoint.route.clone()).collect();
        return vec![Difference::Endpoints { expected: expected.iter().map(named).collect(), got }];
    }
    let pairs = expected.iter().zip(&route.endpoints).enumerate();
    pairs.flat_map(|(index, (expected, endpoint))| fields(index, expected, endpoint)).collect()
}

/// What an endpoint that is expected can be told by.
fn named(endpoint: &Map<String, Value>) -> String {
    let text = |key: &str| endpoint.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    text("route").or_else(|| text("Route")).or_else(|| text("resource_id")).unwrap_or_else(|| "any".into())
}

fn fields(index: usize, expected: &Map<String, Value>, endpoint: &Endpoint) -> Vec<Difference> {
    let differs = |(field, expected): (&String, &Value)| {
        let got = field_of(endpoint, field);
        (got != *expected).then(|| Difference::Field {
            endpoint: index,
            field: field.clone(),
            expected: expected.clone(),
            got,
        })
    };
    expected.iter().filter_map(differs).collect()
}

fn field_of(endpoint: &Endpoint, name: &str) -> Value {
    match name {
        "resource_id" => json!(endpoint.resource_id),
        "name" => json!(endpoint.name),
        "route" => json!(endpoint.route),
        "weight" => json!(endpoint.weight),
        name => endpoint.fields.get(name).cloned().unwrap_or_default(),
    }
}

fn reasons(expected: &Expected, dropped: &[DroppedBy]) -> Vec<Difference> {
    let differs = |(carrier, part): (&String, &String)| {
        let own = dropped.iter().filter(|dropped| dropped.carrier == *carrier);
        let got: Vec<String> = own.map(|dropped| dropped.reason.clone()).collect();
        let told = got.iter().any(|reason| reason.contains(part.as_str()));
        (!told).then(|| Difference::Dropped { carrier: carrier.clone(), expected: part.clone(), got })
    };
    expected.dropped.iter().filter_map(differs).collect()
}

fn number(expected: &Expected, route: &Route) -> Option<Difference> {
    let expected = expected.number.as_ref().filter(|number| **number != route.corrected_number)?;
    Some(Difference::Number { expected: expected.clone(), got: route.corrected_number.clone() })
}
