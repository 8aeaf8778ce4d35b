//! Casts `"50"` to 50 where a number is wanted, and fills in what a schema names as `default`.

use serde_json::{Map, Number, Value};

/// Repairs a value by the keywords that the documents' schemas use: `type`, `default`, `properties`, `additionalProperties`, `items`
/// and local `$ref`.
pub(super) fn repair(root: &Value, schema: &Value, value: &mut Value) {
    let target = referenced(root, schema);
    for schema in target.into_iter().chain([schema]) {
        cast(schema, value);
        match value {
            Value::Object(fields) => repair_fields(root, schema, fields),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    items.iter_mut().for_each(|item| repair(root, schema, item));
                }
            }
            _ => {}
        }
    }
}

fn referenced<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
}

fn repair_fields(root: &Value, schema: &Value, fields: &mut Map<String, Value>) {
    let known = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in known.into_iter().flatten() {
        // A field that is null is one that was not given.
        if fields.get(name).is_some_and(Value::is_null) {
            fields.shift_remove(name);
        }
        if let (None, Some(default)) = (fields.get(name), schema.get("default")) {
            fields.insert(name.clone(), default.clone());
        }
        if let Some(field) = fields.get_mut(name) {
            repair(root, schema, field);
        }
    }
    if let Some(schema) = schema.get("additionalProperties").filter(|schema| schema.is_object()) {
        let unknown = fields.iter_mut().filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
        unknown.for_each(|(_, field)| repair(root, schema, field));
    }
}

fn cast(schema: &Value, value: &mut Value) {
    let Some(wanted) = schema.get("type").and_then(Value::as_str) else { return };
    let repaired = match (wanted, &*value) {
        ("integer", Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
        ("integer", Value::Number(number)) => whole(number).map(Value::from),
        ("number", Value::String(text)) => text.trim().parse().ok().and_then(Number::from_f64).map(Value::Number),
        ("boolean", Value::String(text)) => text.trim().parse::<bool>().ok().map(Value::Bool),
        _ => None,
    };
    if let Some(repaired) = repaired {
        *value = repaired;
    }
}

/// `50.0` as 50: JSON Schema calls both an integer.
fn whole(number: &Number) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_i64() || number.is_u64() {
        return None;
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT)?;
    format!("{float:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn repaired(schema: &Value, mut value: Value) -> Value {
        repair(schema, schema, &mut value);
        value
    }

    #[test]
    fn what_a_schema_wants_is_what_is_stored() {
        let schema =
            json!({"properties": {"n": {"type": "integer"}, "x": {"type": "number"}, "b": {"type": "boolean"}}});
        assert_eq!(
            repaired(&schema, json!({"n": "50", "x": "0.5", "b": "true"})),
            json!({"n": 50, "x": 0.5, "b": true})
        );
        assert_eq!(repaired(&schema, json!({"n": 50.0})).to_string(), json!({"n": 50}).to_string());
        assert_eq!(repaired(&schema, json!({"n": "many", "b": "yes"})), json!({"n": "many", "b": "yes"}));
    }

    #[test]
    fn text_stays_text_where_a_schema_allows_it() {
        let schema = json!({"properties": {"b": {"type": ["boolean", "string"]}}});
        assert_eq!(repaired(&schema, json!({"b": "true"})), json!({"b": "true"}));
    }

    #[test]
    fn defaults_reach_into_what_was_filled_in() {
        let schema = json!({
            "properties": {"media": {"default": {}, "properties": {"codecs": {"default": []}}}, "list": {"items": {"$ref": "#/$defs/i"}}},
            "$defs": {"i": {"properties": {"port": {"type": "integer", "default": 5060}}}},
        });
        let filled = repaired(&schema, json!({"list": [{}, {"port": "5061"}], "media": null}));
        assert_eq!(filled, json!({"list": [{"port": 5060}, {"port": 5061}], "media": {"codecs": []}}));
    }
}
