//! What message providers answer, as JSON.

use serde_json::{Map, Value, json};
use strowger_sandbox::message::{Incident, Outcome, Received, Status};

use crate::measure::json_of;

pub(crate) fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Accepted(told) => json!({"accepted": {
            "provider_id": told.provider_id, "status": status(told.status), "response": json_of(&told.response),
        }}),
        Outcome::Refused(told) => json!({"refused": {
            "reason": told.reason, "code": told.code, "http_status": told.http_status, "retry_after": told.retry_after,
            "response": told.response.as_deref().map(json_of),
        }}),
    }
}

pub(crate) fn received(received: &Received) -> Value {
    let incidents: Vec<Value> = received.incidents.iter().map(incident).collect();
    let reply = &received.reply;
    let headers: Map<String, Value> = reply.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let body = String::from_utf8_lossy(&reply.body);
    json!({"incidents": incidents, "reply": {"status": reply.status, "headers": headers, "body": body}})
}

fn incident(incident: &Incident) -> Value {
    match incident {
        Incident::Message(told) => json!({"message": {
            "provider_id": told.provider_id, "from": told.from, "to": told.to, "text": told.text, "media": told.media,
            "document": json_of(&told.document),
        }}),
        Incident::Delivery(told) => json!({"delivery": {
            "provider_id": told.provider_id, "status": status(told.status), "code": told.code, "reason": told.reason,
        }}),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Queued => "queued",
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Undelivered => "undelivered",
        Status::Failed => "failed",
    }
}
