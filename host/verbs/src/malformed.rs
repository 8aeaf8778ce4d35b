//! What is wrong with an application, in the documented words.

/// Characters of an application that an error repeats.
const REPEATED: usize = 64;

/// A fault of an application.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The application is no list.
    #[error("malformed jambonz payload: must be array")]
    NotArray,
    /// An item that names no verb.
    #[error("malformed jambonz payload: missing verb property")]
    NoVerb,
    /// More verbs than are ever run.
    #[error("malformed jambonz payload: more than {0} verbs")]
    TooMany(usize),
    /// A name that no document knows.
    #[error("invalid instruction: {0}")]
    Unknown(String),
    /// A property that the verb, or the part of one, does not have.
    #[error("{of}: unknown property {property}")]
    UnknownProperty {
        /// The verb or the part.
        of: &'static str,
        /// The property.
        property: String,
    },
    /// A property of the wrong type.
    #[error("{of}: property {property} has invalid data type")]
    Type {
        /// The verb or the part.
        of: &'static str,
        /// The property.
        property: &'static str,
    },
    /// A property of none of the types it may have.
    #[error("{of}: property {property} has invalid data type, must be one of {types}")]
    Types {
        /// The verb or the part.
        of: &'static str,
        /// The property.
        property: &'static str,
        /// With commas between.
        types: String,
    },
    /// A property that has to be a list.
    #[error("{of}: property {property} is not an array")]
    NotAList {
        /// The verb or the part.
        of: &'static str,
        /// The property.
        property: &'static str,
    },
    /// A text that is none of those that are allowed.
    #[error("invalid value {value} must be one of {allowed}")]
    Value {
        /// As the application has it.
        value: String,
        /// With commas between.
        allowed: String,
    },
    /// Required properties that are missing.
    #[error("{of}: missing value for {properties}")]
    Missing {
        /// The verb or the part.
        of: &'static str,
        /// Their names, with commas between.
        properties: String,
    },
}

impl Malformed {
    pub(crate) fn unknown_verb(name: &str) -> Self {
        Self::Unknown(shortened(name))
    }

    pub(crate) fn unknown_property(of: &'static str, property: &str) -> Self {
        Self::UnknownProperty { of, property: shortened(property) }
    }

    pub(crate) fn value(value: &serde_json::Value, allowed: &[String]) -> Self {
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        Self::Value { value: shortened(&value), allowed: allowed.join(",") }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(REPEATED).collect()
}
