//! The plugin that formats the endpoints of an account's calls, in place of the built-in formatter.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::chain::MAX_PARAMETERS;

/// Longest `NAME@VERSION`.
const LONGEST_REFERENCE: usize = 129;

const KEYS: [&str; 3] = ["plugin", "parameters", "on_error"];

/// What becomes of an endpoint that the plugin does not format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFormatError {
    /// It is not dialled: unformatted, the carrier could be shown what the formatter hides.
    #[default]
    Fail,
    /// It is dialled as if there were no formatter.
    Skip,
}

impl OnFormatError {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An account's formatter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formatter {
    /// `NAME`, which means the active version, or `NAME@VERSION`.
    pub plugin: String,
    /// What it is prepared with; without them, the `formatters` of each carrier's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Map<String, Value>>,
    /// What a failure means to the endpoint. A call to emergency services is dialled either way.
    #[serde(default, skip_serializing_if = "OnFormatError::is_default")]
    pub on_error: OnFormatError,
}

impl Formatter {
    /// Reads `{plugin, parameters?, on_error?}`; `field` names it in a refusal.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(field: &str, value: &Value) -> Result<Self, String> {
        let object = value.as_object().ok_or_else(|| format!("{field} must be an object"))?;
        if let Some(unknown) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let unknown: String = unknown.chars().take(64).collect();
            return Err(format!("{field} has {} only, not {unknown}", KEYS.join(", ")));
        }
        let plugin = object.get("plugin").and_then(Value::as_str);
        let plugin = plugin.filter(|name| (1..=LONGEST_REFERENCE).contains(&name.len()));
        let plugin = plugin.ok_or_else(|| format!("{field}.plugin must be NAME or NAME@VERSION"))?;
        let given = |key: &str| object.get(key).filter(|value| !value.is_null());
        let parameters = match given("parameters") {
            None => None,
            Some(Value::Object(parameters)) => Some(parameters.clone()),
            Some(_) => return Err(format!("{field}.parameters must be an object")),
        };
        let on_error = match given("on_error").map(OnFormatError::deserialize) {
            None => OnFormatError::default(),
            Some(Ok(on_error)) => on_error,
            Some(Err(_)) => return Err(format!("{field}.on_error must be one of fail, skip")),
        };
        let formatter = Self { plugin: plugin.to_owned(), parameters, on_error };
        if formatter.is_too_large() {
            return Err(format!("{field}.parameters must have at most {MAX_PARAMETERS} bytes"));
        }
        Ok(formatter)
    }

    /// Whether its parameters have more bytes of JSON than a step's may have.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        let bytes = |parameters| serde_json::to_vec(parameters).map_or(usize::MAX, |json| json.len());
        self.parameters.as_ref().is_some_and(|parameters| bytes(parameters) > MAX_PARAMETERS)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_read_and_written_alike() {
        for text in [
            json!({"plugin": "mine"}),
            json!({"plugin": "mine@2", "parameters": {"field": "Route"}, "on_error": "skip"}),
        ] {
            let formatter = Formatter::parse("formatter", &text).unwrap();
            assert_eq!(json!(formatter), text);
            assert_eq!(Formatter::deserialize(&text).unwrap(), formatter);
        }
    }

    #[test]
    fn a_refusal_names_field_and_rule() {
        let refusal = |value| Formatter::parse("formatter", &value).unwrap_err();
        assert_eq!(refusal(json!("mine")), "formatter must be an object");
        assert_eq!(refusal(json!({})), "formatter.plugin must be NAME or NAME@VERSION");
        let named = |more: Value| {
            let mut value = json!({"plugin": "mine"});
            value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            refusal(value)
        };
        assert_eq!(named(json!({"x": 1})), "formatter has plugin, parameters, on_error only, not x");
        assert_eq!(named(json!({"parameters": []})), "formatter.parameters must be an object");
        assert_eq!(named(json!({"on_error": "empty"})), "formatter.on_error must be one of fail, skip");
        let large = json!({"parameters": {"x": "y".repeat(MAX_PARAMETERS)}});
        assert_eq!(named(large), "formatter.parameters must have at most 65536 bytes");
    }
}
