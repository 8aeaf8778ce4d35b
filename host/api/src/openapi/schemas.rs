//! The schemas among the document's components: those that documents are checked with, and those of this folder.

use std::sync::LazyLock;

use serde_json::{Map, Value};
use strowger_model::schemas;

/// Name among the components, schema.
const CHECKED: [(&str, &str); 5] = [
    ("Resource", schemas::RESOURCE),
    ("SelectorRow", schemas::SELECTOR_ROW),
    ("Account", schemas::ACCOUNT),
    ("ServiceProvider", schemas::SERVICE_PROVIDER),
    ("User", schemas::USER),
];

/// Files of schemas by name.
const DESCRIBED: &[&str] = &[
    include_str!("schemas/envelope.json"),
    include_str!("schemas/accounts.json"),
    include_str!("schemas/sessions.json"),
    include_str!("schemas/resources.json"),
    include_str!("schemas/selectors.json"),
    include_str!("schemas/jobs.json"),
    include_str!("schemas/tasks.json"),
    include_str!("schemas/plugins.json"),
    include_str!("schemas/decisions.json"),
    include_str!("schemas/rollouts.json"),
    include_str!("schemas/v1.json"),
    include_str!("schemas/calls.json"),
    include_str!("schemas/recent_calls.json"),
    include_str!("schemas/alerts.json"),
    include_str!("schemas/clients.json"),
    include_str!("schemas/limits.json"),
    include_str!("schemas/installation.json"),
    include_str!("schemas/messages.json"),
    include_str!("schemas/rooms.json"),
    include_str!("schemas/phone_numbers.json"),
    include_str!("schemas/carriers.json"),
    include_str!("schemas/beside.json"),
];

/// Examples of the schemas that documents are checked with.
const EXAMPLES: &str = include_str!("schemas/examples.json");

/// Every schema by its name.
pub(super) fn components() -> &'static Map<String, Value> {
    static COMPONENTS: LazyLock<Map<String, Value>> = LazyLock::new(assemble);
    &COMPONENTS
}

fn assemble() -> Map<String, Value> {
    let mut components = Map::new();
    for (name, text) in CHECKED {
        hoist(name, parsed(text), &mut components);
    }
    for file in DESCRIBED {
        components.extend(object(parsed(file)));
    }
    for (name, example) in object(parsed(EXAMPLES)) {
        if let Some(Value::Object(schema)) = components.get_mut(&name) {
            schema.insert("examples".into(), Value::Array(vec![example]));
        }
    }
    components.sort_keys();
    components
}

#[expect(clippy::expect_used, reason = "the files are embedded, and a test reads each of them")]
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("an embedded schema is JSON")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Puts a schema among the components, and what it defines within itself beside it: references reach there from anywhere.
fn hoist(name: &str, schema: Value, components: &mut Map<String, Value>) {
    let mut schema = object(schema);
    schema.shift_remove("$schema");
    let defined = schema.shift_remove("$defs").map(object).unwrap_or_default();
    let mut add = |name: String, mut schema: Value, prefix: &str| {
        redirect(&mut schema, prefix);
        components.insert(name, schema);
    };
    add(name.to_owned(), Value::Object(schema), name);
    for (inner, schema) in defined {
        add(joined(name, &inner), schema, name);
    }
}

/// `Resource` and `caller_id_type` as `ResourceCallerIdType`.
fn joined(name: &str, inner: &str) -> String {
    let words = inner.split('_').map(|word| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + rest
    });
    std::iter::once(name.to_owned()).chain(words).collect()
}

fn redirect(schema: &mut Value, prefix: &str) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref")
                && let Some(inner) = target.strip_prefix("#/$defs/")
            {
                *target = format!("#/components/schemas/{}", joined(prefix, inner));
            }
            fields.values_mut().for_each(|value| redirect(value, prefix));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, prefix)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_schema_defines_within_itself_lies_beside_it() {
        let mut components = Map::new();
        let schema = json!({"$schema": "x", "items": {"$ref": "#/$defs/caller_id"}, "$defs": {"caller_id": {"$ref": "#/$defs/b"}, "b": {}}});
        hoist("Thing", schema, &mut components);
        assert_eq!(components["Thing"], json!({"items": {"$ref": "#/components/schemas/ThingCallerId"}}));
        assert_eq!(components["ThingCallerId"], json!({"$ref": "#/components/schemas/ThingB"}));
        assert!(components.contains_key("ThingB"));
    }
}
