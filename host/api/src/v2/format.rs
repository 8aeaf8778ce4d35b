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
    let formatted = request.state.routing().format(request.owner, direction, &fields, &formatters).await?;
    Ok(Reply::ok(formatted))
}

/// All three, or everything that is wrong with them.
fn all<A, B, C>(
    a: Result<A, Violations>,
    b: Result<B, Violations>,
    c: Result<C, Violations>,
) -> Result<(A, B, C), Violations> {
    match (a, b, c) {
        (Ok(a), Ok(b), Ok(c)) => Ok((a, b, c)),
        (a, b, c) => {
            let broken = [a.err(), b.err(), c.err()].into_iter().flatten();
            Err(Violations(broken.flat_map(|violations| violations.0).collect()))
        }
    }
}

fn direction(given: Option<&Value>) -> Result<Direction, Violations> {
    let violation = match given.map(Value::as_str) {
        Some(Some("inbound")) => return Ok(Direction::Inbound),
        Some(Some("outbound")) => return Ok(Direction::Outbound),
        None => Violation::new("direction", "required", "Field is required but missing"),
        Some(_) => {
            let directions = Value::from(vec!["inbound", "outbound"]);
            Violation::new("direction", "enum", "Value not found in enumerated list of values").target(directions)
        }
    };
    Err(violation.into())
}

fn object(data: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Violations> {
    match data.shift_remove(name) {
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(Violation::new(name, "type", "Value did not match type(s): object").into()),
        None => Err(Violation::new(name, "required", "Field is required but missing").into()),
    }
}
