//! Variables of an application, and the schema by which its web server says which it takes.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::v1::{Fields, V1Error};

/// Most bytes of JSON in `env_vars`.
const MAX_BYTES: usize = 16 * 1024;

/// Most variables.
const MAX_COUNT: usize = 100;

/// Longest name in characters.
const MAX_NAME: usize = 128;

/// Which variables an application takes: `{"NAME": {"type": "string", "required": true, …}}`.
#[derive(Debug, Clone)]
pub struct EnvSchema(Vec<(String, Variable)>);

/// What matters here of a variable; `description`, `default`, `obscure` and `uiHint` are for those who fill it in.
#[derive(Debug, Clone, Deserialize)]
struct Variable {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    required: bool,
    #[serde(default, rename = "enum")]
    allowed: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    String,
    Number,
    Boolean,
}

impl EnvSchema {
    /// Reads a schema.
    ///
    /// # Errors
    /// Where it is none; the message names the variable.
    pub fn parse(schema: &Value) -> Result<Self, V1Error> {
        let variables = schema.as_object().ok_or_else(|| V1Error::new("it is not a JSON object"))?;
        if variables.len() > MAX_COUNT {
            return Err(V1Error(format!("it has more than {MAX_COUNT} variables")));
        }
        let read = |(name, variable): (&String, &Value)| match Variable::deserialize(variable) {
            Ok(variable) => Ok((name.clone(), variable)),
            Err(error) => Err(V1Error(format!("{}: {error}", name.chars().take(MAX_NAME).collect::<String>()))),
        };
        Ok(Self(variables.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Checks the variables of an application. Those that the schema does not know are let pass.
    ///
    /// # Errors
    /// The first one that is missing, or that has another value than it may have.
    pub fn check(&self, vars: &Map<String, Value>) -> Result<(), V1Error> {
        for (name, variable) in &self.0 {
            match vars.get(name).filter(|value| !value.is_null()) {
                None if variable.required => return Err(V1Error(format!("Missing required value env_vars.{name}"))),
                Some(value) if !variable.admits(value) => {
                    return Err(V1Error(format!("Invalid value/type for env_vars.{name}")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Variable {
    fn admits(&self, value: &Value) -> bool {
        let typed = match self.kind {
            Kind::String => value.is_string(),
            Kind::Number => value.is_number(),
            Kind::Boolean => value.is_boolean(),
        };
        typed && self.allowed.as_ref().is_none_or(|allowed| allowed.contains(value))
    }
}

/// The variables that a body names.
pub(super) fn read(fields: Fields<'_>) -> Result<Option<Map<String, Value>>, V1Error> {
    let Some(value) = fields.value("env_vars") else { return Ok(None) };
    let vars = value.as_object().ok_or_else(|| V1Error::new("env_vars must be an object"))?;
    if vars.len() > MAX_COUNT {
        return Err(V1Error(format!("env_vars must have at most {MAX_COUNT} values")));
    }
    if vars.keys().any(|name| name.is_empty() || name.chars().count() > MAX_NAME) {
        return Err(V1Error(format!("names in env_vars must have 1 to {MAX_NAME} characters")));
    }
    if value.to_string().len() > MAX_BYTES {
        return Err(V1Error(format!("env_vars must be at most {MAX_BYTES} bytes")));
    }
    Ok(Some(vars.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(vars: Value) -> Result<(), String> {
        let schema = json!({
            "NAME": {"description": "Who calls", "type": "string", "required": true, "obscure": false},
            "RETRIES": {"type": "number", "default": 3},
            "MODE": {"type": "string", "enum": ["fast", "slow"]},
            "LOUD": {"type": "boolean"},
        });
        EnvSchema::parse(&schema).unwrap().check(vars.as_object().unwrap()).map_err(|error| error.0)
    }

    fn refusal(vars: &Value) -> String {
        read(Fields::of(&json!({ "env_vars": vars }), &[&["env_vars"]]).unwrap()).unwrap_err().0
    }

    #[test]
    fn what_the_schema_asks_for_has_to_be_there() {
        assert_eq!(check(json!({"NAME": "Bob", "RETRIES": 2.5, "MODE": "slow", "LOUD": true, "OTHER": {}})), Ok(()));
        assert_eq!(check(json!({})), Err("Missing required value env_vars.NAME".into()));
        assert_eq!(check(json!({"NAME": null})), Err("Missing required value env_vars.NAME".into()));
    }

    #[test]
    fn values_are_of_their_type_and_among_those_listed() {
        for (name, value) in [("NAME", json!(7)), ("RETRIES", json!("7")), ("MODE", json!("idle")), ("LOUD", json!(1))]
        {
            let mut vars = json!({"NAME": "Bob"});
            vars[name] = value;
            assert_eq!(check(vars), Err(format!("Invalid value/type for env_vars.{name}")));
        }
    }

    #[test]
    fn what_is_no_schema_is_told() {
        let refused = |schema: Value| EnvSchema::parse(&schema).unwrap_err().0;
        assert_eq!(refused(json!([])), "it is not a JSON object");
        assert!(refused(json!({"NAME": {"type": "date"}})).starts_with("NAME: unknown variant"));
        assert!(refused(json!({"NAME": 1})).starts_with("NAME: "));
        let many: Map<String, Value> = (0..=MAX_COUNT).map(|n| (n.to_string(), json!({"type": "string"}))).collect();
        assert_eq!(refused(Value::Object(many)), "it has more than 100 variables");
    }

    #[test]
    fn variables_are_bounded() {
        let many: Map<String, Value> = (0..=MAX_COUNT).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(refusal(&Value::Object(many)), "env_vars must have at most 100 values");
        assert_eq!(refusal(&json!({"": 1})), "names in env_vars must have 1 to 128 characters");
        assert_eq!(refusal(&json!({"A": "x".repeat(MAX_BYTES)})), "env_vars must be at most 16384 bytes");
        assert_eq!(refusal(&json!([1])), "env_vars must be an object");
    }
}
