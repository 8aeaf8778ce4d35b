//! What the provider calls things, and what it tells by them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use strowger_sdk::PluginError;
use strowger_sdk::message_provider::{Delivery, Inbound, Incident, Request, Status};

/// The provider's names by ours.
#[derive(Deserialize, Default)]
#[serde(transparent)]
pub(crate) struct Names(HashMap<String, String>);

/// The fields of a request, of JSON or of a form. A name that comes again makes a list.
pub(crate) fn read(request: &Request) -> Result<Map<String, Value>, PluginError> {
    if request.header("content-type").is_some_and(|media_type| media_type.contains("form-urlencoded")) {
        let mut fields: Map<String, Value> = Map::new();
        for (name, value) in form_urlencoded::parse(&request.body).into_owned() {
            match fields.get_mut(&name) {
                None => drop(fields.insert(name, value.into())),
                Some(Value::Array(values)) => values.push(value.into()),
                Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
            }
        }
        return Ok(fields);
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(PluginError::failed("the request is neither a JSON object nor a form")),
    }
}

impl Names {
    pub(crate) fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// With a status it tells of a message that was sent, without one it is a message.
    pub(crate) fn incident(&self, fields: Map<String, Value>) -> Result<Incident, PluginError> {
        let text = |name: &str| match fields.get(self.of(name)) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let required =
            |name: &str| text(name).ok_or_else(|| PluginError::failed(format!("the request has no {}", self.of(name))));
        if let Some(told) = text("status") {
            let status =
                status(&told).ok_or_else(|| PluginError::failed("the request has a status that is not known"))?;
            return Ok(Incident::Delivery(Delivery {
                provider_id: required("id")?,
                status,
                code: text("code"),
                reason: text("reason"),
            }));
        }
        Ok(Incident::Message(Inbound {
            provider_id: text("id"),
            from: required("from")?,
            to: required("to")?,
            text: text("text"),
            media: list(fields.get(self.of("media"))),
            document: Value::Object(fields).to_string(),
        }))
    }
}

fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(url)) => vec![url.clone()],
        Some(Value::Array(urls)) => urls.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn status(told: &str) -> Option<Status> {
    match told.to_ascii_lowercase().as_str() {
        "queued" | "accepted" | "buffered" => Some(Status::Queued),
        "sent" | "sending" => Some(Status::Sent),
        "delivered" => Some(Status::Delivered),
        "undelivered" | "expired" => Some(Status::Undelivered),
        "failed" | "rejected" => Some(Status::Failed),
        _ => None,
    }
}
