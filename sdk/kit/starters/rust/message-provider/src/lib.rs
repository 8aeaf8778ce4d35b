//! Takes every message, and reads requests of a made-up provider. A real one asks its provider over `wasi:http` (crate `wasip2`).

use serde::Deserialize;
use serde_json::{Value, json};
use strowger_sdk::message_provider::{
    Delivery, Inbound, Incident, MessageProvider, Outbound, Outcome, Received, Reply, Request, Status,
};
use strowger_sdk::log::{Level, log};
use strowger_sdk::{Description, PluginError};

struct EchoMessages;

#[derive(Deserialize)]
struct Parameters {
    token: String,
    #[serde(default)]
    blocked: Vec<String>,
}

/// What the provider posts.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Posted {
    Message { id: String, from: String, to: String, text: String },
    Delivered { id: String },
    Failed { id: String, code: String },
}

impl MessageProvider for EchoMessages {
    type Parameters = Parameters;
    const DESCRIPTION: Description = Description::new("Takes every message", include_str!("parameters.json"));

    fn send(message: Outbound, parameters: Parameters) -> Result<Outcome, PluginError> {
        if parameters.blocked.contains(&message.to) {
            return Ok(Outcome::refused("the recipient wants no messages"));
        }
        log(Level::Info, &format!("a message to {}", message.to));
        let response = json!({"responseText": "OK", "length": message.text.map(|text| text.len())});
        Ok(Outcome::accepted(message.message_sid, Status::Sent, &response))
    }

    fn receive(request: Request, parameters: Parameters) -> Result<Received, PluginError> {
        if request.header("x-token") != Some(&parameters.token) {
            return Err(PluginError::failed("the request does not carry the provider's token"));
        }
        let document: Value = serde_json::from_slice(&request.body)
            .map_err(|error| PluginError::failed(format!("the request is no JSON: {error}")))?;
        let posted = Posted::deserialize(&document)
            .map_err(|error| PluginError::failed(format!("the request is none of this provider: {error}")))?;
        Ok(Received { incidents: vec![posted.into_incident(document)], reply: Reply::empty(204) })
    }
}

impl Posted {
    fn into_incident(self, document: Value) -> Incident {
        let delivery = |provider_id, status, code| Delivery { provider_id, status, code, reason: None };
        match self {
            Self::Message { id, from, to, text } => Incident::Message(Inbound {
                provider_id: Some(id),
                from,
                to,
                text: Some(text),
                media: Vec::new(),
                document: document.to_string(),
            }),
            Self::Delivered { id } => Incident::Delivery(delivery(id, Status::Delivered, None)),
            Self::Failed { id, code } => Incident::Delivery(delivery(id, Status::Failed, Some(code))),
        }
    }
}

strowger_sdk::export_message_provider!(EchoMessages);

#[cfg(test)]
mod tests {
    use super::*;

    fn request(token: &str, body: &str) -> Request {
        Request {
            method: "POST".into(),
            url: "https://host.example/in".into(),
            headers: vec![("x-token".into(), token.into())],
            body: body.into(),
            time: 0,
        }
    }

    fn parameters() -> Parameters {
        Parameters { token: "t".into(), blocked: vec!["+15005550009".into()] }
    }

    #[test]
    fn a_delivery_is_told() {
        let received =
            EchoMessages::receive(request("t", r#"{"event":"failed","id":"1","code":"30003"}"#), parameters());
        let delivery =
            Delivery { provider_id: "1".into(), status: Status::Failed, code: Some("30003".into()), reason: None };
        assert_eq!(received.unwrap().incidents, [Incident::Delivery(delivery)]);
    }

    #[test]
    fn a_request_with_another_token_tells_nothing() {
        assert!(EchoMessages::receive(request("x", "{}"), parameters()).is_err());
    }
}
