//! A message as a request, and the provider's answer as what became of it.

use serde_json::{Map, Value, json};
use strowger_plugin_http::{Method, Request, Response, USER_AGENT, Url, basic};
use strowger_sdk::PluginError;
use strowger_sdk::message_provider::{Accepted, Outbound, Outcome, Refusal, Status};

use crate::fields::Names;
use crate::{Format, Parameters};

/// Characters of an answer that is no JSON.
const SHOWN: usize = 1_000;

pub(crate) fn request(message: &Outbound, parameters: &Parameters) -> Result<Request, PluginError> {
    let url = Url::parse(&parameters.url)?;
    let query = url.query.map(|query| format!("?{query}")).unwrap_or_default();
    let fields = fields(message, parameters);
    let (media_type, body) = match parameters.format {
        Format::Json => ("application/json", Value::Object(fields).to_string()),
        Format::Form => ("application/x-www-form-urlencoded", form(&fields)),
    };
    let mut headers = vec![
        ("user-agent", USER_AGENT.to_owned()),
        ("accept", "application/json".to_owned()),
        ("content-type", media_type.to_owned()),
    ];
    headers.extend(credentials(parameters).map(|value| ("authorization", value)));
    Ok(Request {
        method: Method::Post,
        secure: url.secure,
        authority: url.authority.into(),
        path_with_query: format!("{}{query}", url.path),
        headers,
        body: Some(body),
    })
}

fn credentials(parameters: &Parameters) -> Option<String> {
    let pair = parameters.username.as_deref().zip(parameters.password.as_deref());
    pair.map(|(username, password)| basic(username, password))
        .or_else(|| parameters.token.as_ref().map(|token| format!("Bearer {token}")))
}

fn fields(message: &Outbound, parameters: &Parameters) -> Map<String, Value> {
    let names = &parameters.fields;
    let mut fields = parameters.extra.clone();
    let mut set = |name: &str, value: Value| fields.insert(names.of(name).to_owned(), value);
    set("message_sid", json!(message.message_sid));
    set("from", json!(message.from));
    set("to", json!(message.to));
    if let Some(text) = &message.text {
        set("text", json!(text));
    }
    if !message.media.is_empty() {
        set("media", json!(message.media));
    }
    if let Some(url) = &message.status_url {
        set("status_url", json!(url));
    }
    fields
}

/// A list is as many fields of the same name.
fn form(fields: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            Value::Array(values) => form.extend_pairs(values.iter().map(|value| (name, text(value)))),
            value => form.append_pair(name, &text(value)),
        };
    }
    form.finish()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn outcome(response: &Response, names: &Names) -> Outcome {
    let told = told(response);
    if (200..300).contains(&response.status) {
        let provider_id = told.get(names.of("id")).map(text);
        return Outcome::Accepted(Accepted { provider_id, status: Status::Sent, response: told.to_string() });
    }
    let is_temporary = matches!(response.status, 429 | 503);
    Outcome::Refused(Refusal {
        reason: format!("the provider answered {}", response.status),
        code: None,
        http_status: Some(response.status),
        retry_after: is_temporary.then(|| response.retry_after.unwrap_or(1)),
        response: Some(told.to_string()),
    })
}

/// What the provider says, as an object.
fn told(response: &Response) -> Value {
    match serde_json::from_slice(&response.body) {
        Ok(object @ Value::Object(_)) => object,
        Ok(other) if !other.is_null() => json!({ "response": other }),
        _ => {
            let text: String = String::from_utf8_lossy(&response.body).chars().take(SHOWN).collect();
            json!({ "responseText": text })
        }
    }
}
