//! `/resources/format`: what formatters make of a request, by the code that formats calls.

use serde_json::{Map, Value};
use strowger_model::{Violation, Violations};
use strowger_routing::Direction;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

pub(super) async fn format(mut request: Request) -> Result<Reply, Error> {
    let mut data = std::mem::take(&mut request.envelope).into_object()?;
    let direction = direction(data.get("direction"));
    let fields = object(&mut data, "request");
    let formatters = object(&mut data, "formatters");
    let (direction, fields, formatters) = all(direction, fields, formatters)?;
    let formatted = request.state.routing().format(direction, &fields, &formatters)?;
    Ok(Reply::ok(formatted))
}

/// All three, or everything that is wrong with them.
fn all<A, B, C>(
    a: Result<A, Violation>,
    b: Result<B, Violation>,
    c: Result<C, Violation>,
) -> Result<(A, B, C), Violations> {
    match (a, b, c) {
        (Ok(a), Ok(b), Ok(c)) => Ok((a, b, c)),
        (a, b, c) => Err(Violations([a.err(), b.err(), c.err()].into_iter().flatten().collect())),
    }
}

fn direction(given: Option<&Value>) -> Result<Direction, Violation> {
    match given.map(|given| given.as_str()) {
        None => Err(Violation::new("direction", "required", "Field is required but missing")),
        Some(Some("inbound")) => Ok(Direction::Inbound),
        Some(Some("outbound")) => Ok(Direction::Outbound),
        Some(_) => {
            let directions = Value::from(vec!["inbound", "outbound"]);
            Err(Violation::new("direction", "enum", "Value not found in enumerated list of values").target(directions))
        }
    }
}

fn object(data: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Violation> {
    match data.shift_remove(name) {
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(Violation::new(name, "type", "Value did not match type(s): object")),
        None => Err(Violation::new(name, "required", "Field is required but missing")),
    }
}
