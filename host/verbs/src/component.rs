//! Verbs as components write them: the records of `wit/verbs.wit`, which has every property of the catalogue as a field of its own.
//!
//! Names there are in kebab case, and what holds anything at all is JSON text. A test keeps the file and the catalogue in step.

use serde_json::{Map, Number, Value};

use crate::catalogue::{CATALOGUE, Kind, Shape, Type};
use crate::check::FREE;
use crate::malformed::Malformed;

/// Lists of more than texts.
const LISTS_OF_ANYTHING: [&str; 4] = ["roots", "hints", "actions", "giveUpActions"];

/// Parts with dozens of properties, most of them of one vendor: a component that could write each of them wherever the part may be
/// would be three times as large.
const PARTS_AS_JSON: [&str; 1] = ["recognizer"];

/// What a property is in WIT.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Form<'a> {
    Text,
    Number,
    Boolean,
    Texts,
    /// An object or a list, as JSON.
    Json,
    /// A text, or an object as JSON.
    TextOrJson,
    /// What a hook is called with.
    Hook,
    Words(&'a [String]),
    Part(&'a str),
    Parts(&'a str),
}

impl<'a> Form<'a> {
    pub(crate) fn of(property: &str, kind: &'a Kind) -> Self {
        match kind {
            Kind::One(Type::Text) => Self::Text,
            Kind::One(Type::Number) => Self::Number,
            Kind::One(Type::Boolean) => Self::Boolean,
            Kind::One(Type::List) if !LISTS_OF_ANYTHING.contains(&property) => Self::Texts,
            Kind::One(Type::Object | Type::List) => Self::Json,
            Kind::AnyOf(_) if property.ends_with("Hook") => Self::Hook,
            Kind::AnyOf(types) if types.contains(&Type::Number) => Self::Text,
            Kind::AnyOf(types) if types.contains(&Type::List) => Self::Texts,
            Kind::AnyOf(_) => Self::TextOrJson,
            Kind::Words(words) => Self::Words(words),
            Kind::Part(part) if PARTS_AS_JSON.contains(&part.as_str()) => Self::Json,
            Kind::Part(part) => Self::Part(part),
            Kind::ListOf(part) => Self::Parts(part),
        }
    }
}

/// The name and the properties of a verb that a component answered: its case of the variant and its fields as serde writes them.
///
/// # Errors
/// [`Malformed`] where the catalogue has no such verb, or a text that should be JSON is none.
pub fn read_component(case: &str, fields: Value) -> Result<(&'static str, Map<String, Value>), Malformed> {
    let found = CATALOGUE.verbs.iter().find(|(name, _)| same(name, case));
    let (name, shape) = found.ok_or_else(|| Malformed::unknown_verb(case))?;
    Ok((name, object(name, shape, fields)?))
}

fn object(of: &'static str, shape: &'static Shape, fields: Value) -> Result<Map<String, Value>, Malformed> {
    let Value::Object(fields) = fields else { return Ok(Map::new()) };
    let mut properties = Map::new();
    for (field, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        let known = shape.properties.iter().find(|(name, _)| *name != FREE && same(name, &field));
        let (property, kind) = known.ok_or_else(|| Malformed::unknown_property(of, &field))?;
        properties.insert(property.clone(), Place { of, property }.value(&Form::of(property, kind), value)?);
    }
    Ok(properties)
}

/// Where a value is.
struct Place {
    of: &'static str,
    property: &'static str,
}

impl Place {
    fn value(&self, form: &Form<'static>, value: Value) -> Result<Value, Malformed> {
        Ok(match (form, value) {
            (Form::Json, Value::String(text)) => self.json(&text)?,
            (Form::TextOrJson, Value::Object(choice)) => match choice.into_iter().next() {
                Some((case, Value::String(text))) if same("json", &case) => self.json(&text)?,
                Some((_, text)) => text,
                None => Value::Null,
            },
            (Form::Hook, Value::Object(hook)) => hook.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            (Form::Words(words), Value::String(case)) => {
                words.iter().find(|word| same(word, &case)).map_or(Value::Null, |word| Value::from(word.as_str()))
            }
            (Form::Number, Value::Number(number)) => Value::Number(whole(number)),
            (Form::Part(part), fields) => self.part(part, fields)?,
            (Form::Parts(part), Value::Array(items)) => {
                items.into_iter().map(|item| self.part(part, item)).collect::<Result<_, _>>()?
            }
            (_, value) => value,
        })
    }

    fn part(&self, name: &str, fields: Value) -> Result<Value, Malformed> {
        let (name, shape) = CATALOGUE.part(name).ok_or_else(|| self.fault())?;
        object(name, shape, fields).map(Value::Object)
    }

    fn json(&self, text: &str) -> Result<Value, Malformed> {
        serde_json::from_str(text).map_err(|_| self.fault())
    }

    fn fault(&self) -> Malformed {
        Malformed::Type { of: self.of, property: self.property }
    }
}

/// Components have but one type of number; scripts write whole ones without a fraction.
fn whole(number: Number) -> Number {
    let text = number.as_f64().filter(|number| number.fract() == 0.0).map(|number| format!("{number}"));
    text.and_then(|text| text.parse::<i64>().ok()).map_or(number, Number::from)
}

/// Whether two spellings of a name differ in case and separators only.
fn same(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> Vec<u8> {
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    letters(one) == letters(other)
}

#[cfg(test)]
mod tests;
