//! What an application may say: every verb of the call-control documents with its properties, and the documents' own words for
//! what is wrong with one.
//!
//! Shapes are data (`catalogue.json`). Which of the verbs run is the call engine's affair.

mod alias;
mod catalogue;
mod check;
mod component;
mod malformed;

use std::borrow::Cow;

use serde_json::{Map, Value};

pub use component::read_component;
pub use malformed::Malformed;

use catalogue::CATALOGUE;

/// An application's own, or a copy without what is no property.
type Properties<'a> = Cow<'a, Map<String, Value>>;

/// Verbs of one application; more are refused.
pub const MAX_VERBS: usize = 500;

/// A verb of an application, with properties that have the documented shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// As the documents call it first: `listen`, though the application may say `stream`.
    pub verb: &'static str,
    /// Without its name.
    pub properties: Properties<'a>,
}

/// Reads an application: a list of `{"verb": NAME, …}` and `{NAME: {…}}`.
///
/// # Errors
/// The first fault in the order of the application.
pub fn read(application: &Value) -> Result<Vec<Item<'_>>, Malformed> {
    let verbs = application.as_array().ok_or(Malformed::NotArray)?;
    if verbs.len() > MAX_VERBS {
        return Err(Malformed::TooMany(MAX_VERBS));
    }
    let items: Vec<_> = verbs.iter().map(named).collect::<Result<_, _>>()?;
    items.into_iter().map(|(name, properties)| checked(name, properties)).collect()
}

/// Reads one verb by its name.
///
/// # Errors
/// [`Malformed`]
pub fn read_one<'a>(name: &str, properties: &'a Map<String, Value>) -> Result<Item<'a>, Malformed> {
    checked(name, Cow::Borrowed(properties))
}

/// The name and the properties of an item in either spelling.
fn named(item: &Value) -> Result<(&str, Properties<'_>), Malformed> {
    let item = item.as_object().ok_or(Malformed::NoVerb)?;
    if let Some(name) = item.get("verb") {
        let mut properties = item.clone();
        properties.shift_remove("verb");
        return Ok((name.as_str().ok_or(Malformed::NoVerb)?, Cow::Owned(properties)));
    }
    let mut entries = item.iter();
    match (entries.next(), entries.next()) {
        (Some((name, Value::Object(properties))), None) => Ok((name, Cow::Borrowed(properties))),
        _ => Err(Malformed::NoVerb),
    }
}

fn checked<'a>(name: &str, properties: Properties<'a>) -> Result<Item<'a>, Malformed> {
    let (name, properties) = alias::resolve(name, properties);
    let (verb, shape) = CATALOGUE.verbs.get_key_value(name).ok_or_else(|| Malformed::unknown_verb(name))?;
    check::check(verb, shape, &properties)?;
    Ok(Item { verb, properties })
}

#[cfg(test)]
mod tests;
