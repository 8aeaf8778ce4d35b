//! `/resource_selectors/route`: what a call would do, decided by the code that decides calls, with its reasons.

use serde_json::{Map, Value};
use strowger_model::chain::{Chain, RouteBy};
use strowger_model::{Violation, Violations, time};
use strowger_routing::{CheckError, RouteError, RouteRequest};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

const NUMBER: &str = "To-DID";

pub(super) async fn route(mut request: Request) -> Result<Reply, Error> {
    let mut fields = std::mem::take(&mut request.envelope).into_object()?;
    let route_by = fields.shift_remove("route_by").map(|way| route_by(&way)).transpose()?;
    let time = fields.shift_remove("time").filter(|time| !time.is_null()).map(|time| moment(&time)).transpose()?;
    let rules = fields.shift_remove("rules").map(|rules| Chain::parse(&rules)).transpose()?;
    if let Some(chain) = &rules {
        // Parameters are left to the steps: a call would find the same fault in them, and so does this.
        request.state.routing().check_modules(request.owner, chain).await?;
    }
    check_number(&fields)?;
    let asked = RouteRequest { owner: request.owner, fields, route_by, rules, time, explain: true, call: None };
    let route = request.state.routing().route(asked).await?;
    Ok(Reply::ok(serde_json::to_value(route).unwrap_or(Value::Null)))
}

fn route_by(way: &Value) -> Result<RouteBy, Violations> {
    way.as_str().and_then(|way| way.parse().ok()).ok_or_else(|| {
        let ways = Value::from(vec!["resources", "resource_selectors"]);
        Violation::new("route_by", "enum", "Value not found in enumerated list of values")
            .target(ways)
            .value(way.clone())
            .into()
    })
}

fn moment(given: &Value) -> Result<u64, Violations> {
    time::unix_of(given).ok_or_else(|| Violation::new("time", "wrong_format", time::MOMENT).into())
}

fn check_number(fields: &Map<String, Value>) -> Result<(), Violations> {
    let violation = match fields.get(NUMBER) {
        None | Some(Value::Null) => Violation::new(NUMBER, "required", "Field is required but missing"),
        Some(Value::String(number)) if number.is_empty() => {
            Violation::new(NUMBER, "minLength", "String must be at least 1 characters").target(1)
        }
        Some(Value::String(_)) => return Ok(()),
        Some(other) => Violation::new(NUMBER, "type", "Value did not match type(s): string").value(other.clone()),
    };
    Err(violation.into())
}

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Invalid(violations) => violations.into(),
            CheckError::Store(error) => error.into(),
        }
    }
}

impl From<RouteError> for Error {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::NoNumber => Violation::new(NUMBER, "wrong_format", error.to_string()).into(),
            RouteError::Store(error) => error.into(),
            RouteError::Formatter(fault) => Violation::new("formatters", "invalid", fault.to_string()).into(),
            RouteError::Interrupted => Self::Unavailable(error.to_string()),
        }
    }
}
