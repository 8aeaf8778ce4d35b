//! PATCH: what it does to a stored document.

use serde_json::{Map, Value};

/// Merges a patch at every depth: `null` removes, an array replaces, and `{}` replaces what is there by an empty object. An empty
/// patch changes nothing.
pub fn merge(stored: &mut Value, patch: Value) {
    match (stored, patch) {
        (Value::Object(stored), Value::Object(patch)) => {
            for (key, value) in patch {
                merge_key(stored, key, value);
            }
        }
        (stored, patch) => *stored = without_nulls(patch),
    }
}

fn merge_key(stored: &mut Map<String, Value>, key: String, value: Value) {
    match value {
        Value::Null => {
            stored.shift_remove(&key);
        }
        // RFC 7396 would leave the stored object as it is; the documented API empties it.
        Value::Object(empty) if empty.is_empty() => {
            stored.insert(key, Value::Object(empty));
        }
        value => merge(stored.entry(key).or_insert(Value::Null), value),
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(mut stored: Value, patch: Value) -> Value {
        merge(&mut stored, patch);
        stored
    }

    #[test]
    fn every_vector_of_the_documented_patch_holds() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/routing.json")).unwrap();
        let group = vectors["groups"]["patch_merge"].as_array().unwrap();
        assert!(!group.is_empty());
        for vector in group {
            assert_eq!(merged(vector["doc"].clone(), vector["patch"].clone()), vector["expect"], "{}", vector["id"]);
        }
    }

    #[test]
    fn a_null_inside_an_object_that_is_added_is_no_value() {
        assert_eq!(merged(json!({}), json!({"media": {"fax_option": null, "a": 1}})), json!({"media": {"a": 1}}));
    }

    #[test]
    fn a_null_inside_an_array_stays() {
        assert_eq!(merged(json!({"a": [1]}), json!({"a": [null]})), json!({"a": [null]}));
    }
}
