//! Reading an update of a live call.

mod stateless;

use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_media::Digits;
use strowger_sip::InDialog;

use crate::command::Update;
use crate::create::is_truthy;
use crate::error::UpdateError;
use crate::hook::HookRef;
use crate::verbs;

/// The actions that signalling carries.
const CARRIED: [&str; 5] = ["call_hook", "call_status", "sip_request", "tag", "dtmf"];

const MAX_TAG: usize = 16 << 10;

/// How long a digit sounds where nothing is said.
const DIGIT: Duration = Duration::from_millis(250);

impl Update {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`UpdateError::Invalid`] in the documented words.
    pub fn parse(body: &Value) -> Result<Self, UpdateError> {
        let body = body.as_object().ok_or_else(no_action)?;
        let given = |name: &str| body.get(name).filter(|value| is_truthy(value));
        let action = action(body)?;
        if given("call_status_hook").is_some() && action != "call_hook" {
            return Err(invalid("call_status_hook can be updated only when call_hook is also being updated"));
        }
        let value = given(action).unwrap_or(&Value::Null);
        let update = match action {
            "call_status" => status(value)?,
            "call_hook" => redirect(value, given("call_status_hook"))?,
            "tag" => tag(value)?,
            "dtmf" => dtmf(value)?,
            "sip_request" => sip_request(value)?,
            other => return stateless::read(other, value, body),
        };
        match given("whisper") {
            // These end what a whisper could be heard in.
            None => Ok(update),
            Some(_) if matches!(action, "call_status" | "call_hook") => Ok(update),
            Some(whisper) => stateless::read("whisper", whisper, body),
        }
    }

    /// As a request body: what [`Self::parse`] reads.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Complete => json!({"call_status": "completed"}),
            Self::NoAnswer => json!({"call_status": "no-answer"}),
            Self::Redirect { call_hook, status_hook: None } => json!({"call_hook": call_hook.to_json()}),
            Self::Redirect { call_hook, status_hook: Some(status_hook) } => {
                json!({"call_hook": call_hook.to_json(), "call_status_hook": status_hook.to_json()})
            }
            Self::Tag(tag) => json!({"tag": tag}),
            Self::Dtmf { digits, each } => {
                json!({"dtmf": {"digit": digits.to_string(), "duration": u64::try_from(each.as_millis()).unwrap_or(u64::MAX)}})
            }
            Self::SipRequest(request) => json!({"sip_request": {
                "method": request.method,
                "content_type": request.content_type,
                "content": request.body,
                "headers": Map::from_iter(request.headers.iter().map(|(name, value)| (name.clone(), json!(value)))),
            }}),
            Self::Stateless { body, .. } => Value::Object(body.clone()),
        }
    }
}

/// The one action that a body asks for; a whisper may stand alone.
fn action(body: &Map<String, Value>) -> Result<&'static str, UpdateError> {
    let given = |name: &str| body.get(name).is_some_and(is_truthy);
    let mut actions = CARRIED.into_iter().chain(stateless::actions()).filter(|name| given(name));
    match (actions.next(), actions.next(), actions.next()) {
        (None, ..) if given("whisper") => Ok("whisper"),
        (None, ..) => Err(no_action()),
        (Some(action), None, _) => Ok(action),
        (Some("call_hook"), Some("child_call_hook"), None) => Ok("child_call_hook"),
        _ => Err(invalid("multiple options are not allowed in updateCall")),
    }
}

fn status(value: &Value) -> Result<Update, UpdateError> {
    match value.as_str() {
        Some("completed") => Ok(Update::Complete),
        Some("no-answer") => Ok(Update::NoAnswer),
        _ => Err(invalid("invalid call_status")),
    }
}

fn redirect(call_hook: &Value, status_hook: Option<&Value>) -> Result<Update, UpdateError> {
    let status_hook = status_hook.map(|value| hook("call_status_hook", value)).transpose()?;
    Ok(Update::Redirect { call_hook: hook("call_hook", call_hook)?, status_hook })
}

fn hook(name: &str, value: &Value) -> Result<HookRef, UpdateError> {
    if value.as_object().is_some_and(|hook| !hook.contains_key("url")) {
        return Err(invalid(format!("missing {name}.url")));
    }
    HookRef::parse(name, value).map_err(|fault| invalid(fault.to_string()))
}

fn tag(value: &Value) -> Result<Update, UpdateError> {
    let tag: Option<&Map<String, Value>> = value.as_object().filter(|_| value.to_string().len() <= MAX_TAG);
    tag.cloned().map(Update::Tag).ok_or_else(|| invalid("invalid tag data"))
}

fn dtmf(value: &Value) -> Result<Update, UpdateError> {
    let digits = value.get("digit").and_then(Value::as_str).and_then(|text| Digits::parse(text).ok());
    let each = match value.get("duration") {
        None | Some(Value::Null) => Some(DIGIT),
        Some(duration) => duration.as_u64().map(Duration::from_millis),
    };
    digits.zip(each).map(|(digits, each)| Update::Dtmf { digits, each }).ok_or_else(|| invalid("invalid dtmf"))
}

fn sip_request(value: &Value) -> Result<Update, UpdateError> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(method), Some(content_type), Some(content)) = (text("method"), text("content_type"), text("content"))
    else {
        return Err(invalid("sip_request requires method, content_type and content properties"));
    };
    let headers = match value.get("headers") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(headers)) => verbs::headers(headers),
        Some(_) => return Err(invalid("sip_request headers must be an object")),
    };
    let (method, content_type, body) = (method.to_ascii_uppercase(), Some(content_type.into()), content.into());
    let request = InDialog { method, headers, content_type, body };
    request.check().map_err(|error| invalid(format!("sip_request {error}")))?;
    Ok(Update::SipRequest(request))
}

fn no_action() -> UpdateError {
    invalid("no valid options supplied to updateCall")
}

fn invalid(message: impl Into<String>) -> UpdateError {
    UpdateError::Invalid(message.into())
}

#[cfg(test)]
mod tests;
