//! Public and private fields of `/v2` documents.

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

#[cfg(test)]
mod tests {
    use super::*;

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
