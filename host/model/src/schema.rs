//! JSON Schema: filling in defaults, repairing wrong types, and telling everything that is broken at once.

mod repair;
mod translate;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::Violations;

/// Bytes that one compiled `pattern` of a schema may take.
const MAX_PATTERN: usize = 1 << 20;

/// A compiled schema (2020-12).
pub(crate) struct Schema {
    document: Value,
    validator: Validator,
}

impl Schema {
    /// Compiles a schema. References to other documents are not followed.
    ///
    /// # Errors
    /// Why it is no schema.
    pub(crate) fn compile(document: Value) -> Result<Self, String> {
        // Patterns of a plugin's schema are its author's: the linear-time engine runs them.
        let patterns = PatternOptions::regex().size_limit(MAX_PATTERN);
        let options = jsonschema::options().with_pattern_options(patterns);
        let validator = options.build(&document).map_err(|error| error.to_string())?;
        Ok(Self { document, validator })
    }

    /// Compiles a schema that is part of this crate.
    #[expect(clippy::expect_used, reason = "the schemas are embedded, and the tests compile each of them")]
    pub(crate) fn embedded(text: &str) -> Self {
        let document = serde_json::from_str(text).expect("an embedded schema is JSON");
        Self::compile(document).expect("an embedded schema compiles")
    }

    /// Casts, fills in defaults, then checks.
    pub(crate) fn validate(&self, document: &mut Map<String, Value>) -> Violations {
        let mut value = Value::Object(std::mem::take(document));
        repair::repair(&self.document, &self.document, &mut value);
        let violations = self.check("", &value);
        if let Value::Object(repaired) = value {
            *document = repaired;
        }
        violations
    }

    /// Every rule that the value breaks, with paths below `prefix`.
    pub(crate) fn check(&self, prefix: &str, value: &Value) -> Violations {
        let errors = self.validator.iter_errors(value);
        Violations(errors.flat_map(|error| translate::violations(prefix, &error)).collect())
    }
}
