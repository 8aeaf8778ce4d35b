//! Public, private and secret fields of `/v2` documents.

use serde_json::{Map, Value};

/// Whether a field is the host's own: never taken from a request, never shown.
#[must_use]
pub fn is_private(key: &str) -> bool {
    key.starts_with('_') || key.starts_with("pvt_")
}

/// The fields that a caller may send and see.
#[must_use]
pub fn public(document: &Map<String, Value>) -> Map<String, Value> {
    document.iter().filter(|(key, _)| !is_private(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Whether a field holds what only its owner may read.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.contains("password") || key.contains("secret")
}

/// The document without its secrets, at every depth: for lists, plugins and errors.
#[must_use]
pub fn without_secrets(document: &Map<String, Value>) -> Map<String, Value> {
    let shown = document.iter().filter(|(key, _)| !is_secret(key));
    shown.map(|(key, value)| (key.clone(), value_without_secrets(value))).collect()
}

pub(crate) fn value_without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(without_secrets(fields)),
        Value::Array(items) => items.iter().map(value_without_secrets).collect(),
        other => other.clone(),
    }
}

/// A key as a segment of a violation's path.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('.', "%2E")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_left_out_at_every_depth() {
        let document = json!({"name": "a", "gateways": [{"server": "b", "password": "c"}], "x": {"webhook_secret": 1}});
        let shown = without_secrets(document.as_object().unwrap());
        assert_eq!(Value::Object(shown), json!({"name": "a", "gateways": [{"server": "b"}], "x": {}}));
    }

    #[test]
    fn every_vector_of_public_fields_holds() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/routing.json")).unwrap();
        let group = vectors["groups"]["public_fields"].as_array().unwrap();
        assert!(!group.is_empty());
        for vector in group {
            let shown = public(vector["doc"].as_object().unwrap());
            assert_eq!(Value::Object(shown), vector["expect"], "{}", vector["id"]);
        }
    }
}
