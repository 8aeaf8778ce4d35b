//! What the validator found, in the words of `/v2`.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::{Value, json};

use crate::Violation;
use crate::document::{escaped, is_secret, value_without_secrets};

/// Longest offending value that an error repeats, in bytes of JSON.
const MAX_VALUE: usize = 1024;

pub(super) fn violations(prefix: &str, error: &ValidationError<'_>) -> Vec<Violation> {
    let path = path(prefix, error.instance_path().as_str());
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let missing = Violation::new(below(&path, name), "required", "Field is required but missing");
            vec![with_value(missing, error.instance())]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| Violation::new(below(&path, name), "additionalProperties", "No such field is defined"))
            .collect(),
        kind => {
            let (constraint, message, target) = rule(kind, error);
            let violation = Violation { target: target.map(Box::new), ..Violation::new(path, constraint, message) };
            vec![with_value(violation, error.instance())]
        }
    }
}

fn rule(kind: &Kind, error: &ValidationError<'_>) -> (&'static str, String, Option<Value>) {
    let bound = |constraint, message, limit: &dyn ToString, target: Value| {
        (constraint, format!("{message} {}", limit.to_string()), Some(target))
    };
    let count = |constraint, what: &str, limit: &u64, things: &str| {
        (constraint, format!("{what} {limit} {things}"), Some(json!(limit)))
    };
    match kind {
        Kind::Type { kind } => {
            let types = types(kind);
            ("type", format!("Value did not match type(s): {}", types.join(", ")), Some(json!(types)))
        }
        Kind::Enum { options } => {
            ("enum", "Value not found in enumerated list of values".into(), Some(options.as_ref().clone()))
        }
        Kind::Minimum { limit } => bound("minimum", "Value must be at least", limit, limit.clone()),
        Kind::Maximum { limit } => bound("maximum", "Value must be at most", limit, limit.clone()),
        Kind::ExclusiveMinimum { limit } => bound("minimum", "Value must be greater than", limit, limit.clone()),
        Kind::ExclusiveMaximum { limit } => bound("maximum", "Value must be less than", limit, limit.clone()),
        Kind::MinLength { limit } => count("minLength", "String must be at least", limit, "characters"),
        Kind::MaxLength { limit } => count("maxLength", "String must not be more than", limit, "characters"),
        Kind::MinItems { limit } => count("minItems", "Array must have at least", limit, "items"),
        Kind::MaxItems { limit } => count("maxItems", "Array must have at most", limit, "items"),
        Kind::MinProperties { limit } => count("minProperties", "The object must have at least", limit, "keys"),
        Kind::MaxProperties { limit } => count("maxProperties", "The object must have at most", limit, "keys"),
        Kind::UniqueItems => ("uniqueItems", "Array must not have the same item twice".into(), None),
        Kind::Pattern { pattern } => {
            ("pattern", format!("Value did not match pattern {pattern}"), Some(json!(pattern)))
        }
        Kind::Format { format } => ("wrong_format", format!("Value is no {format}"), None),
        Kind::Constant { expected_value } => {
            ("enum", "Value not found in enumerated list of values".into(), Some(json!([expected_value.as_ref()])))
        }
        // How the validator tells of fields where the schema defines none at all.
        Kind::FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
            ("additionalProperties", "No fields are defined here".into(), None)
        }
        // What remains are combinations (`anyOf`, `not`, …): named by their keyword alone, for their own texts repeat the value.
        other => ("invalid", format!("Value is refused by the schema's {}", keyword(other, error)), None),
    }
}

fn keyword(kind: &Kind, error: &ValidationError<'_>) -> String {
    let keyword = kind.keyword();
    if keyword.is_empty() { error.schema_path().as_str().to_owned() } else { keyword.to_owned() }
}

fn types(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(name) => vec![name.to_string()],
        TypeKind::Multiple(names) => names.iter().map(|name| name.to_string()).collect(),
    }
}

/// The dotted path of a JSON pointer.
fn path(prefix: &str, pointer: &str) -> String {
    let segments = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"));
    segments.fold(prefix.to_owned(), |path, segment| below(&path, &segment))
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { escaped(key) } else { format!("{path}.{}", escaped(key)) }
}

/// Adds the offending value, unless it is a secret or too long to repeat.
fn with_value(violation: Violation, value: &Value) -> Violation {
    if violation.path.split('.').any(is_secret) {
        return violation;
    }
    let shown = value_without_secrets(value);
    if shown.to_string().len() > MAX_VALUE { violation } else { violation.value(shown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    fn data(schema: Value, value: Value) -> Value {
        Schema::compile(schema).unwrap().check("", &value).to_data()
    }

    #[test]
    fn a_violation_is_told_as_documented() {
        let schema = json!({
            "required": ["name"],
            "properties": {"weight_cost": {"maximum": 100}, "a.b": {"items": {"minLength": 1}}},
        });
        let told = data(schema, json!({"weight_cost": 101, "a.b": ["x", ""]}));
        let expected = json!({
            "name": {"required": {"message": "Field is required but missing", "value": {"weight_cost": 101, "a.b": ["x", ""]}}},
            "weight_cost": {"maximum": {"message": "Value must be at most 100", "target": 100, "value": 101}},
            "a%2Eb.1": {"minLength": {"message": "String must be at least 1 characters", "target": 1, "value": ""}},
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn an_error_never_repeats_a_secret() {
        let schema = json!({"required": ["server"], "properties": {"password": {"maxLength": 3}}});
        let told = data(schema, json!({"password": "DrWoody"}));
        assert!(!told.to_string().contains("DrWoody"), "{told}");
        let list = data(json!({"maxItems": 0}), json!([{"password": "DrWoody", "server": "a"}]));
        assert_eq!(list[""]["maxItems"]["value"], json!([{"server": "a"}]));
    }

    #[test]
    fn an_error_does_not_repeat_what_is_long() {
        let told = data(json!({"maxLength": 3}), json!("x".repeat(2000)));
        assert!(told[""]["maxLength"].get("value").is_none());
    }

    #[test]
    fn every_unknown_field_is_named() {
        let told =
            data(json!({"properties": {"c": {}}, "additionalProperties": false}), json!({"a": 1, "b": 2, "c": 3}));
        assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "b"]);
        let told = data(json!({"additionalProperties": false}), json!({"a": 1}));
        assert!(told[""]["additionalProperties"].is_object(), "{told}");
    }
}
