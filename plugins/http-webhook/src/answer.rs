//! What the server says, as verbs.

use serde_json::{Map, Value};
use strowger_plugin_http::Response;
use strowger_sdk::PluginError;
use strowger_sdk::call_hook::{OtherVerb, Verb};

/// The response, where the server consents.
pub(crate) fn accepted(response: Response) -> Result<Response, PluginError> {
    match response.status {
        200 | 202 | 204 => Ok(response),
        status => Err(PluginError::failed(format!("webhook answered {status}"))),
    }
}

/// The verbs of a JSON body; none where it is empty or something else than JSON.
pub(crate) fn verbs(response: &Response) -> Result<Option<Vec<Verb>>, PluginError> {
    if response.body.is_empty() || !response.content_type.to_ascii_lowercase().contains("application/json") {
        return Ok(None);
    }
    let json = serde_json::from_slice(&response.body)
        .map_err(|error| PluginError::failed(format!("webhook answered invalid JSON: {error}")))?;
    match json {
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(index, item)| verb(index, item)).collect::<Result<_, _>>().map(Some)
        }
        Value::Object(fields) if fields.is_empty() => Ok(None),
        item @ Value::Object(_) => Ok(Some(vec![verb(0, item)?])),
        Value::Null => Ok(None),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(PluginError::failed("webhook answered JSON that is neither a list of verbs nor a verb"))
        }
    }
}

/// `{"verb": NAME, …}` or `{NAME: {…}}`.
fn verb(index: usize, item: Value) -> Result<Verb, PluginError> {
    let verb = match item {
        Value::Object(fields) => named(fields),
        _ => None,
    };
    let (name, properties) = verb.ok_or_else(|| {
        PluginError::failed(format!(
            "webhook answered no verb at {index}: expected {{\"verb\": NAME, …}} or {{NAME: {{…}}}}"
        ))
    })?;
    Ok(Verb::Other(OtherVerb { name, properties: Value::Object(properties).to_string() }))
}

fn named(mut fields: Map<String, Value>) -> Option<(String, Map<String, Value>)> {
    if let Some(name) = fields.shift_remove("verb") {
        return name.as_str().map(|name| (name.to_owned(), fields));
    }
    let mut entries = fields.into_iter();
    match (entries.next(), entries.next()) {
        (Some((name, Value::Object(properties))), None) => Some((name, properties)),
        _ => None,
    }
}
