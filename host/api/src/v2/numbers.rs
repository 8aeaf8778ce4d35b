//! `/phone_numbers/classifiers/{NUMBER}`: what a number is, in its forms.

use serde_json::Value;
use strowger_model::Violation;
use strowger_model::number;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

/// Longest number that is looked at; a dialled SIP user part is shorter.
const LONGEST: usize = 128;

pub(super) async fn classify(request: Request) -> Result<Reply, Error> {
    let given = request.segment("number");
    if given.chars().count() > LONGEST {
        let message = format!("String must not be more than {LONGEST} characters");
        return Err(Violation::new("number", "maxLength", message).target(LONGEST).into());
    }
    let described = serde_json::to_value(number::describe(given)).unwrap_or(Value::Null);
    Ok(Reply::ok(described))
}
