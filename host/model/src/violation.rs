//! Broken rules of a document, all of them at once, in the shape that `/v2` reports.

use serde_json::{Map, Value, json};

/// One rule that a document breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Dotted path, array indexes counted from 0: `gateways.0.server`. A dot inside a key is written `%2E`.
    pub path: String,
    /// The constraint: `required`, `type`, `enum`, `maximum`, `wrong_format`, …
    pub constraint: &'static str,
    /// What the rule wants, in words.
    pub message: String,
    /// The bound, where there is one.
    pub target: Option<Box<Value>>,
    /// The offending value.
    pub value: Option<Box<Value>>,
}

impl Violation {
    /// A violation without a bound.
    #[must_use]
    pub fn new(path: impl Into<String>, constraint: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.into(), constraint, message: message.into(), target: None, value: None }
    }

    /// Adds the bound.
    #[must_use]
    pub fn target(mut self, target: impl Into<Value>) -> Self {
        self.target = Some(Box::new(target.into()));
        self
    }

    /// Adds the offending value.
    #[must_use]
    pub fn value(mut self, value: impl Into<Value>) -> Self {
        self.value = Some(Box::new(value.into()));
        self
    }
}

/// Every broken rule of one document; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Adds one.
    pub fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// `Ok` where no rule is broken.
    ///
    /// # Errors
    /// These violations, if there are any.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The `data` of a validation error: `{path: {constraint: {message, target?, value?}}}`.
    #[must_use]
    pub fn to_data(&self) -> Value {
        let mut data = Map::new();
        for violation in &self.0 {
            let mut detail = Map::new();
            detail.insert("message".into(), json!(violation.message));
            if let Some(target) = &violation.target {
                detail.insert("target".into(), Value::clone(target));
            }
            if let Some(value) = &violation.value {
                detail.insert("value".into(), Value::clone(value));
            }
            let constraints = data.entry(violation.path.clone()).or_insert_with(|| json!({}));
            if let Value::Object(constraints) = constraints {
                constraints.insert(violation.constraint.into(), Value::Object(detail));
            }
        }
        Value::Object(data)
    }

    fn summary(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(|v| format!("{}: {}", v.path, v.message)).collect();
        lines.join("; ")
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}
