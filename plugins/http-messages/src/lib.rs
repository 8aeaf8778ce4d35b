//! `http-messages`: hands messages to a web server, as JSON or as a form, and reads what the server brings: messages, and what became of
//! those that were sent.

mod door;
mod fields;
mod outgoing;

use serde::Deserialize;
use serde_json::{Map, Value};
use strowger_plugin_http::send;
use strowger_sdk::message_provider::{MessageProvider, Outbound, Outcome, Received, Reply, Request};
use strowger_sdk::{Description, PluginError};

use crate::fields::Names;

/// A provider that speaks HTTP.
pub struct HttpMessages;

/// What an account saves. Holds secrets, so it cannot be printed.
#[derive(Deserialize)]
pub struct Parameters {
    url: String,
    username: Option<String>,
    password: Option<String>,
    token: Option<String>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    fields: Names,
    #[serde(default)]
    extra: Map<String, Value>,
    inbound_token: Option<String>,
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Form,
}

impl MessageProvider for HttpMessages {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Hands messages to a web server over HTTP", include_str!("parameters.json"))
            .capabilities(&["wasi:http/outgoing-handler"]);

    fn send(message: Outbound, parameters: Parameters) -> Result<Outcome, PluginError> {
        let response = send(&outgoing::request(&message, &parameters)?)
            .map_err(|error| PluginError::failed(format!("the provider {error}")))?;
        Ok(outgoing::outcome(&response, &parameters.fields))
    }

    fn receive(request: Request, parameters: Parameters) -> Result<Received, PluginError> {
        if !parameters.inbound_token.as_deref().is_some_and(|token| door::opens(&request, token)) {
            return Err(PluginError::failed("the request does not carry the provider's token"));
        }
        let incident = parameters.fields.incident(fields::read(&request)?)?;
        Ok(Received { incidents: vec![incident], reply: Reply::empty(204) })
    }
}

strowger_sdk::export_message_provider!(HttpMessages);

#[cfg(test)]
mod tests;
