//! Parameters: some that fit a schema, and many that do not.

use serde_json::{Map, Value, json};

/// An object that fits the schema, as far as that can be told from its commonest words.
pub(crate) fn sample(schema: &Value) -> Map<String, Value> {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    required
        .map(|name| (name.to_owned(), schema.pointer(&format!("/properties/{name}")).map_or(json!("x"), value)))
        .collect()
}

fn value(schema: &Value) -> Value {
    let first = |list: &str| schema.get(list).and_then(Value::as_array).and_then(|entries| entries.first()).cloned();
    let given = schema.get("const").or_else(|| schema.get("default")).cloned();
    if let Some(value) = given.or_else(|| first("examples")).or_else(|| first("enum")) {
        return value;
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => Value::Object(sample(schema)),
        _ => {
            let length = schema.get("minLength").and_then(Value::as_u64).unwrap_or(1).clamp(1, 1_000);
            json!("x".repeat(usize::try_from(length).unwrap_or(1)))
        }
    }
}

/// With members that nobody knows.
pub(super) fn with_unknown(usual: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut unknown = usual.clone();
    unknown.insert("unknown-to-everybody".into(), json!({"deeply": [{"nested": null}]}));
    vec![unknown, Map::new()]
}

/// Each member in every type that it is not meant to have.
pub(super) fn of_wrong_types(usual: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let nested = (0..64).fold(json!(0), |inner, _| json!([inner]));
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}\u{202e}\u{1f4de}é\u{301}\\\"/"),
        json!("x".repeat(100_000)),
        json!([]),
        json!({}),
        nested,
    ];
    let replaced = usual.keys().flat_map(|name| {
        values.iter().map(move |value| {
            let mut parameters = usual.clone();
            parameters.insert(name.clone(), value.clone());
            parameters
        })
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_what_is_required() {
        let schema = json!({
            "required": ["name", "mode", "limit"],
            "properties": {
                "name": {"type": "string", "minLength": 3}, "mode": {"enum": ["keep", "drop"]},
                "limit": {"type": "integer", "minimum": 5}, "other": {"type": "string"},
            },
        });
        assert_eq!(Value::Object(sample(&schema)), json!({"name": "xxx", "mode": "keep", "limit": 5}));
        assert!(sample(&json!({})).is_empty());
    }
}
