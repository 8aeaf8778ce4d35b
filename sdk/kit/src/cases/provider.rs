//! What message providers are asked.

use serde::Deserialize;
use serde_json::{Map, Value};
use strowger_sandbox::message::{Outbound, Request};

use super::file::Case;
use super::question::NOON;
use crate::measure::Question;

/// A request as a case writes it.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Posted {
    method: String,
    url: String,
    headers: Map<String, Value>,
    body: Value,
}

impl Default for Posted {
    fn default() -> Self {
        let Request { method, url, .. } = request();
        Self { method, url, headers: Map::new(), body: Value::Null }
    }
}

/// What a case asks: to send a message, or to read a request.
pub(crate) fn question(case: &Case, parameters: &Map<String, Value>) -> Result<Question, String> {
    let parameters = Value::Object(parameters.clone()).to_string();
    let time = case.time.unwrap_or(NOON);
    if let Some(message) = &case.message {
        let usual = outbound();
        let (from, to) = (message.from.clone().unwrap_or(usual.from), message.to.clone().unwrap_or(usual.to));
        let (text, media, status_url) = (message.text.clone(), message.media.clone(), message.status_url.clone());
        let message = Outbound { from, to, text, media, status_url, time, ..outbound() };
        return Ok(Question::Send(Box::new(message), parameters));
    }
    if case.request.is_empty() {
        return Err("a case of a message provider has `message`, or `request` that the provider makes".into());
    }
    let posted =
        Posted::deserialize(Value::Object(case.request.clone())).map_err(|error| format!("request: {error}"))?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let body = if posted.body.is_null() { Vec::new() } else { text(&posted.body).into_bytes() };
    let headers = posted.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect();
    let request = Request { method: posted.method, url: posted.url, headers, body, time };
    Ok(Question::Receive(Box::new(request), parameters))
}

/// A message to be sent.
pub(crate) fn outbound() -> Outbound {
    Outbound {
        message_sid: "6cc512e7-1dea-4cf6-bcca-e5a638884524".into(),
        account_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
        application_sid: None,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        text: None,
        media: Vec::new(),
        status_url: None,
        time: NOON,
    }
}

/// A request of a provider with nothing in it.
pub(crate) fn request() -> Request {
    Request {
        method: "POST".into(),
        url: "https://host.example/messages".into(),
        headers: Vec::new(),
        body: Vec::new(),
        time: NOON,
    }
}
