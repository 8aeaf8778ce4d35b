//! Fields that only `/v1` has: what they may be, and what they are where nothing was said.

use serde_json::{Map, Value, json};

use super::{own, set_own};
use crate::v1::{Fields, V1Error};

/// What a field may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A text of at most so many characters, or nothing.
    Text(usize),
    /// 0 or 1; 0 where nothing was said.
    Flag,
    /// A number up to this one; 0 where nothing was said.
    Number(u64),
    /// One of these words; the first where nothing was said.
    OneOf(&'static [&'static str]),
    /// The id of an object, or nothing.
    Id,
    /// An object of any fields, or nothing.
    Object,
}

/// A field's name and rule.
pub(super) type Field = (&'static str, Rule);

/// Most bytes of JSON of an object.
const LARGEST: usize = 16 * 1024;

impl Rule {
    fn read(self, fields: Fields<'_>, name: &str) -> Result<Value, V1Error> {
        let refused = |rule: String| Err(V1Error(format!("{name} must be {rule}")));
        match (self, fields.value(name)) {
            (_, None) => Ok(Value::Null),
            (Self::Text(longest), Some(_)) => fields.text(name, longest).map(|text| json!(text)),
            (Self::Flag, Some(_)) => fields.flag(name).map(|flag| json!(flag.map(u8::from))),
            (Self::Id, Some(_)) => fields.sid(name).map(|sid| json!(sid)),
            (Self::Number(most), Some(value)) => match value.as_u64() {
                Some(number) if number <= most => Ok(json!(number)),
                _ => refused(format!("a number up to {most}")),
            },
            (Self::OneOf(words), Some(value)) => match value.as_str() {
                Some(word) if words.contains(&word) => Ok(json!(word)),
                _ => refused(format!("one of {}", words.join(", "))),
            },
            (Self::Object, Some(value)) => match value.is_object() && value.to_string().len() <= LARGEST {
                true => Ok(value.clone()),
                false => refused(format!("an object of at most {LARGEST} bytes")),
            },
        }
    }

    fn unsaid(self) -> Value {
        match self {
            Self::Text(_) | Self::Id | Self::Object => Value::Null,
            Self::Flag | Self::Number(_) => json!(0),
            Self::OneOf(words) => json!(words.first()),
        }
    }
}

/// Keeps what the body says of those fields.
pub(super) fn keep(document: &mut Map<String, Value>, fields: Fields<'_>, known: &[Field]) -> Result<(), V1Error> {
    for (name, rule) in known.iter().filter(|(name, _)| fields.raw(name).is_some()) {
        set_own(document, name, rule.read(fields, name)?);
    }
    Ok(())
}

/// Shows those fields.
pub(super) fn show(document: &Map<String, Value>, known: &[Field], shown: &mut Map<String, Value>) {
    for (name, rule) in known {
        shown.insert((*name).to_owned(), own(document, name).unwrap_or_else(|| rule.unsaid()));
    }
}
