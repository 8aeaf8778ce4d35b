//! What a carrier resource must be before it is stored.

mod expressions;
mod sip_text;

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::schema::Schema;
use crate::{Violation, Violations};

/// Most bytes of JSON that a document may have.
const MAX_DOCUMENT: usize = 512 * 1024;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(include_str!("../../schemas/resource.json")));

/// Repairs wrong types, fills in the schema's defaults and checks the whole document. Fields that no rule names are kept.
///
/// # Errors
/// Every rule that it breaks.
pub fn validate(document: &mut Map<String, Value>) -> Result<(), Violations> {
    let mut violations = SCHEMA.validate(document);
    expressions::check(document, &mut violations);
    sip_text::check(document, &mut violations);
    let size = serde_json::to_vec(document).map_or(usize::MAX, |json| json.len());
    if size > MAX_DOCUMENT {
        let message = format!("A resource has at most {MAX_DOCUMENT} bytes");
        violations.push(Violation::new("data", "maxLength", message).target(MAX_DOCUMENT));
    }
    violations.into_result()
}

/// Every text below these keys, with its path. `*` is any key or index; lists stand for their items too.
fn texts<'a>(document: &'a Map<String, Value>, keys: &[&str]) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    if let [first, rest @ ..] = keys {
        for (key, value) in document.iter().filter(|(key, _)| *first == "*" || key == first) {
            collect(value, rest, crate::document::escaped(key), &mut found);
        }
    }
    found
}

fn collect<'a>(value: &'a Value, keys: &[&str], path: String, found: &mut Vec<(String, &'a str)>) {
    match (value, keys) {
        (Value::String(text), []) => found.push((path, text)),
        (Value::Array(items), _) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, keys, format!("{path}.{index}"), found);
            }
        }
        (Value::Object(fields), [first, rest @ ..]) => {
            for (key, value) in fields.iter().filter(|(key, _)| *first == "*" || key == first) {
                collect(value, rest, format!("{path}.{}", crate::document::escaped(key)), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
