//! `/api_auth`: trades an API key for a token.
//!
//! The documents give a key 64 characters; those that `/v1` issues are UUIDs, and an operator chooses the first one. Any of them is
//! taken.

use serde_json::{Map, Value};
use strowger_model::{Violation, Violations};

use super::error::Error;
use super::reply::Reply;
use super::request::OpenRequest;
use super::session;
use crate::auth::Restrictions;

/// Longest key that anybody has.
const LONGEST: usize = 512;

pub(super) async fn trade(request: OpenRequest) -> Result<Reply, Error> {
    let fields = request.envelope.into_object()?;
    let mut violations = Violations::default();
    let key = text(&fields, "api_key", LONGEST, &mut violations);
    if key.is_none() && violations.0.is_empty() {
        violations.push(required("api_key"));
    }
    let restrictions = restrictions(&fields, &mut violations);
    violations.into_result()?;
    let issued = request.state.auth().trade_key(&key.unwrap_or_default(), restrictions).await?;
    let data = session::described(&request.state, issued.claims.scope, Some(&issued.claims)).await?;
    Ok(Reply::issued(data, issued.token))
}

pub(super) fn required(field: &str) -> Violation {
    Violation::new(field, "required", "Field is required but missing")
}

/// A text of 1 to `longest` characters, if it is there. What it says is not repeated: it may be a secret.
pub(super) fn text(
    fields: &Map<String, Value>,
    name: &str,
    longest: usize,
    violations: &mut Violations,
) -> Option<String> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if (1..=longest).contains(&text.chars().count()) => Some(text.clone()),
        Some(Value::String(text)) if text.is_empty() => {
            violations.push(Violation::new(name, "minLength", "String must be at least 1 characters").target(1));
            None
        }
        Some(Value::String(_)) => {
            let message = format!("String must not be more than {longest} characters");
            violations.push(Violation::new(name, "maxLength", message).target(longest));
            None
        }
        Some(_) => {
            violations.push(Violation::new(name, "type", "Value did not match type(s): string"));
            None
        }
    }
}

pub(super) fn restrictions(fields: &Map<String, Value>, violations: &mut Violations) -> Option<Restrictions> {
    match Restrictions::parse(fields.get("restrictions").filter(|given| !given.is_null())?) {
        Ok(restrictions) => Some(restrictions),
        Err(broken) => {
            violations.0.extend(broken.0);
            None
        }
    }
}
