//! The shapes of verbs and of the parts that several of them have.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Every shape.
#[expect(clippy::expect_used, reason = "the text is ours and part of the binary; a test reads it")]
pub(crate) static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| serde_json::from_str(include_str!("catalogue.json")).expect("the catalogue of verbs"));

#[derive(Debug, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) verbs: HashMap<String, Shape>,
    types: HashMap<String, Shape>,
}

impl Catalogue {
    /// A part of verbs: a type, or a verb inside another one.
    pub(crate) fn part(&self, name: &str) -> Option<(&str, &Shape)> {
        self.types.get_key_value(name).or_else(|| self.verbs.get_key_value(name)).map(|(name, shape)| (&**name, shape))
    }
}

/// What an object may hold.
#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    pub(crate) properties: HashMap<String, Kind>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
}

/// The type of a property: what JavaScript's `typeof` says, since that is what the documents' own validator asks. So lists and `null`
/// are objects too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
    Boolean,
    Object,
    List,
}

/// What a property may be.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Spelling")]
pub(crate) enum Kind {
    One(Type),
    AnyOf(Vec<Type>),
    Words(Vec<String>),
    Part(String),
    ListOf(String),
}

/// Kinds as the catalogue spells them: `"number"`, `"string|array"`, `"#part"`, `["#part"]`, `{"enum": [WORD, …]}`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Spelling {
    Name(String),
    ListOf([String; 1]),
    Words {
        #[serde(rename = "enum")]
        words: Vec<String>,
    },
}

impl Type {
    fn parse(name: &str) -> Result<Self, String> {
        [Self::Text, Self::Number, Self::Boolean, Self::Object, Self::List]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("{name} is no type"))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::List => "array",
        }
    }
}

impl TryFrom<Spelling> for Kind {
    type Error = String;

    fn try_from(spelling: Spelling) -> Result<Self, String> {
        let part = |name: &str| name.strip_prefix('#').map(ToOwned::to_owned);
        match spelling {
            Spelling::Words { words } => Ok(Self::Words(words)),
            Spelling::ListOf([name]) => part(&name).map(Self::ListOf).ok_or(name),
            Spelling::Name(name) => match part(&name) {
                Some(part) => Ok(Self::Part(part)),
                None if name.contains('|') => {
                    name.split('|').map(Type::parse).collect::<Result<_, _>>().map(Self::AnyOf)
                }
                None => Type::parse(&name).map(Self::One),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_a_shape_names_has_a_shape() {
        let shapes = CATALOGUE.verbs.values().chain(CATALOGUE.types.values());
        for (name, kind) in shapes.flat_map(|shape| &shape.properties) {
            if let Kind::Part(part) | Kind::ListOf(part) = kind {
                assert!(CATALOGUE.part(part).is_some(), "{name}: {part}");
            }
        }
    }

    #[test]
    fn what_a_shape_requires_is_one_of_its_properties() {
        for (name, shape) in CATALOGUE.verbs.iter().chain(&CATALOGUE.types) {
            for required in &shape.required {
                assert!(shape.properties.contains_key(required), "{name}: {required}");
            }
        }
    }
}
