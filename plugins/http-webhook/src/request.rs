//! What is sent.

use serde_json::{Map, Value};
use strowger_plugin_http::{Method, Request, USER_AGENT, Url, basic, encode};
use strowger_sdk::PluginError;
use strowger_sdk::call_hook::Event;

use crate::hook::Hook;
use crate::retry::Policy;
use crate::signature;

/// Scalars or not, these are the application's own and do not belong into a URL.
const NEVER_IN_QUERY: [&str; 3] = ["sip", "customerData", "defaults"];

/// The request that tells of an event, and when to send it again.
pub(crate) fn of(hook: &Hook, event: &Event) -> Result<(Request, Policy), PluginError> {
    let url = Url::parse(&hook.url)?;
    let mut query = url.query.unwrap_or_default().to_owned();
    if hook.method == Method::Get {
        append_fields(&mut query, &event.payload)?;
    }
    let mark = if query.is_empty() { "" } else { "?" };
    let request = Request {
        method: hook.method,
        secure: url.secure,
        authority: url.authority.into(),
        path_with_query: format!("{}{mark}{query}", url.path),
        headers: headers(hook, event),
        body: (hook.method == Method::Post).then(|| event.payload.clone()),
    };
    Ok((request, Policy::of_fragment(url.fragment.unwrap_or_default())))
}

/// The payload's scalar fields, as query.
fn append_fields(query: &mut String, payload: &str) -> Result<(), PluginError> {
    let fields: Map<String, Value> =
        serde_json::from_str(payload).map_err(|_| PluginError::failed("the event's payload is no JSON object"))?;
    for (name, value) in fields.iter().filter(|(name, _)| !NEVER_IN_QUERY.contains(&name.as_str())) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        if !query.is_empty() {
            query.push('&');
        }
        encode(name, query);
        query.push('=');
        encode(&text, query);
    }
    Ok(())
}

fn headers(hook: &Hook, event: &Event) -> Vec<(&'static str, String)> {
    let mut headers = vec![("user-agent", USER_AGENT.to_owned()), ("accept", "application/json".to_owned())];
    if hook.method == Method::Post {
        headers.push(("content-type", "application/json".to_owned()));
    }
    if let Some((username, password)) = hook.credentials() {
        headers.push(("authorization", basic(username, password)));
    }
    let signed = hook.secret.as_deref().and_then(|secret| signature::header(secret, event.time, &event.payload));
    headers.extend(signed.map(|signature| ("jambonz-signature", signature)));
    headers
}
