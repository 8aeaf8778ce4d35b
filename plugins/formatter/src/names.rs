//! Fields by name: case does not count and `-` equals `_`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use strowger_sdk::formatter::Direction;

use crate::change::Shape;

/// Fields of the envelope, folded: what a message is and whose is not a formatter's to change.
const PROTECTED: [&str; 21] = [
    "access_group",
    "account_id",
    "amqp_broker",
    "amqp_broker_zone",
    "app_name",
    "app_version",
    "call_id",
    "defer_response",
    "deliver_to_pid",
    "destination_server",
    "event_category",
    "event_name",
    "geo_location",
    "msg_id",
    "node",
    "raw_headers",
    "reply_to_pid",
    "request_from_pid",
    "server_id",
    "server_queue_id",
    "system_log_id",
];

pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

/// The names of an object's fields, as they are when its formatting begins.
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    pub(crate) fn of(fields: &Map<String, Value>) -> Self {
        let names = fields.keys().map(|name| (fold(name), name.clone()));
        Self(names.filter(|(folded, _)| !PROTECTED.contains(&folded.as_str())).collect())
    }

    /// The field that a formatter's key means, and the shape of its value.
    pub(crate) fn find(&self, key: &str, direction: Direction) -> Option<(&str, Shape)> {
        let key = fold(key);
        if let Some(name) = self.0.get(&key) {
            return Some((name, shape(name)));
        }
        let (alias, shape) = match (key.as_str(), direction) {
            ("diversion", _) => ("diversions", Shape::Diversions),
            ("from", Direction::Outbound) => ("outbound_caller_id_number", Shape::Text),
            ("to", Direction::Outbound) => ("to_did", Shape::Text),
            ("request", Direction::Outbound) => ("route", Shape::Address),
            _ => return None,
        };
        self.0.get(alias).map(|name| (name.as_str(), shape))
    }
}

fn shape(name: &str) -> Shape {
    match name {
        "Request" | "To" | "From" => Shape::Address,
        "Diversions" => Shape::Diversions,
        _ => Shape::Text,
    }
}
