//! The properties that a verb may have. Types are those of the documents: what JavaScript's `typeof` says.

use serde_json::{Map, Value};

use super::VerbError;

/// The type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
    /// Lists and `null` are objects too.
    Object,
    ObjectOrText,
    NumberOrText,
    TextOrList,
}

/// A verb's properties.
#[derive(Debug)]
pub(super) struct Shape {
    pub verb: &'static str,
    pub properties: &'static [(&'static str, Kind)],
    pub required: &'static [&'static str],
}

impl Kind {
    fn admits(self, value: &Value) -> bool {
        let object = matches!(value, Value::Object(_) | Value::Array(_) | Value::Null);
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Object => object,
            Self::ObjectOrText => object || value.is_string(),
            Self::NumberOrText => value.is_number() || value.is_string(),
            Self::TextOrList => value.is_string() || value.is_array(),
        }
    }
}

impl Shape {
    /// Checks each property in the order given, then that none is missing. `_` is free for the author's own use.
    pub(super) fn check(&self, properties: &Map<String, Value>) -> Result<(), VerbError> {
        let verb = self.verb;
        for (name, value) in properties.iter().filter(|(name, _)| *name != "_") {
            let Some((property, kind)) = self.properties.iter().find(|(known, _)| known == name) else {
                let property = name.chars().take(64).collect();
                return Err(VerbError::UnknownProperty { verb, property });
            };
            if !kind.admits(value) {
                return Err(VerbError::Type { verb, property });
            }
        }
        let missing: Vec<&str> = self.required.iter().copied().filter(|name| !properties.contains_key(*name)).collect();
        if missing.is_empty() { Ok(()) } else { Err(self.missing(&missing.join(","))) }
    }

    pub(super) fn missing(&self, properties: &str) -> VerbError {
        VerbError::Missing { verb: self.verb, properties: properties.to_owned() }
    }
}
