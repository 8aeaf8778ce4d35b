//! The verbs of an application: what they look like and which of them run here.
//!
//! Every application is read by [`parse`], whether it comes from `app_json`, from a webhook or from a plugin.

mod known;
mod play;
mod shape;

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_media::Loops;
use strowger_sandbox::hook;

pub use play::Play;
use shape::{Kind, Shape};

use crate::hook::{HookFault, HookRef};

/// Verbs of one application; more are refused.
const MAX_VERBS: usize = 500;

/// No pause is longer than a day.
const MAX_PAUSE: Duration = Duration::from_secs(86_400);

/// One step of an application.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// Answers the call; nothing to do on a call that was placed.
    Answer,
    /// Waits.
    Pause(Duration),
    /// Plays a prompt.
    Play(Play),
    /// Replaces the call's tag.
    Tag(Map<String, Value>),
    /// Asks for another application.
    Redirect {
        /// Who is asked.
        action_hook: HookRef,
        /// Who is told of the call's states from then on.
        status_hook: Option<HookRef>,
    },
    /// Hangs up, with these headers in the BYE.
    Hangup(Vec<(String, String)>),
    /// A verb of the documents that is not built: the application ends there.
    NotBuilt(String),
}

/// What is wrong with an application, in the documented words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerbError {
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
    /// A property that the verb does not have.
    #[error("{verb}: unknown property {property}")]
    UnknownProperty {
        /// The verb.
        verb: &'static str,
        /// The property.
        property: String,
    },
    /// A property of the wrong type.
    #[error("{verb}: property {property} has invalid data type")]
    Type {
        /// The verb.
        verb: &'static str,
        /// The property.
        property: &'static str,
    },
    /// Required properties that are missing.
    #[error("{verb}: missing value for {properties}")]
    Missing {
        /// The verb.
        verb: &'static str,
        /// Their names, with commas between.
        properties: String,
    },
    /// A hook that cannot be one.
    #[error(transparent)]
    Hook(#[from] HookFault),
}

/// Reads an application.
///
/// # Errors
/// The first [`VerbError`] in listed order.
pub fn parse(application: &Value) -> Result<Vec<Verb>, VerbError> {
    let verbs = application.as_array().ok_or(VerbError::NotArray)?;
    if verbs.len() > MAX_VERBS {
        return Err(VerbError::TooMany(MAX_VERBS));
    }
    verbs.iter().map(parse_item).collect()
}

/// Reads what a call hook answered.
///
/// # Errors
/// The first [`VerbError`] in listed order.
pub fn from_hook(verbs: Vec<hook::Verb>) -> Result<Vec<Verb>, VerbError> {
    verbs.into_iter().map(from_hook_verb).collect()
}

/// `{"verb": NAME, …}` or `{NAME: {…}}`.
fn parse_item(item: &Value) -> Result<Verb, VerbError> {
    let item = item.as_object().ok_or(VerbError::NoVerb)?;
    if let Some(name) = item.get("verb") {
        let name = name.as_str().ok_or(VerbError::NoVerb)?;
        let mut properties = item.clone();
        properties.remove("verb");
        return parse_verb(name, &properties);
    }
    let mut entries = item.iter();
    match (entries.next(), entries.next()) {
        (Some((name, Value::Object(properties))), None) => parse_verb(name, properties),
        _ => Err(VerbError::NoVerb),
    }
}

fn parse_verb(name: &str, properties: &Map<String, Value>) -> Result<Verb, VerbError> {
    let Some(shape) = SHAPES.iter().find(|shape| shape.verb == name) else {
        return known::not_built(name);
    };
    shape.check(properties)?;
    Ok(match name {
        "pause" => pause(number(properties, "length")),
        "play" => Verb::Play(Play::from_properties(properties)?),
        "tag" => Verb::Tag(object(properties, "data")),
        "redirect" => Verb::Redirect {
            action_hook: hook_ref(properties, "actionHook")?.ok_or_else(|| shape.missing("actionHook"))?,
            status_hook: hook_ref(properties, "statusHook")?,
        },
        "hangup" => Verb::Hangup(headers(&object(properties, "headers"))),
        _ => Verb::Answer,
    })
}

fn from_hook_verb(verb: hook::Verb) -> Result<Verb, VerbError> {
    Ok(match verb {
        hook::Verb::Answer => Verb::Answer,
        hook::Verb::Pause(milliseconds) => Verb::Pause(Duration::from_millis(milliseconds.into()).min(MAX_PAUSE)),
        hook::Verb::Play(play) => Verb::Play(Play::from(play)),
        hook::Verb::Tag(data) => match serde_json::from_str(&data) {
            Ok(Value::Object(data)) => Verb::Tag(data),
            _ => return Err(VerbError::Type { verb: "tag", property: "data" }),
        },
        hook::Verb::Redirect(target) => Verb::Redirect { action_hook: target.into(), status_hook: None },
        hook::Verb::Hangup(headers) => Verb::Hangup(headers),
        hook::Verb::Other(other) => {
            let properties = serde_json::from_str(&other.properties).ok();
            let Some(Value::Object(properties)) = properties else { return Err(VerbError::NoVerb) };
            parse_verb(&other.name, &properties)?
        }
    })
}

const SHAPES: [Shape; 6] = [
    Shape { verb: "answer", properties: &[("id", Kind::Text)], required: &[] },
    Shape { verb: "hangup", properties: &[("id", Kind::Text), ("headers", Kind::Object)], required: &[] },
    Shape { verb: "pause", properties: &[("id", Kind::Text), ("length", Kind::Number)], required: &["length"] },
    Shape { verb: "play", properties: play::PROPERTIES, required: &["url"] },
    Shape {
        verb: "redirect",
        properties: &[("id", Kind::Text), ("actionHook", Kind::ObjectOrText), ("statusHook", Kind::ObjectOrText)],
        required: &["actionHook"],
    },
    Shape { verb: "tag", properties: &[("id", Kind::Text), ("data", Kind::Object)], required: &["data"] },
];

fn pause(seconds: f64) -> Verb {
    Verb::Pause(Duration::try_from_secs_f64(seconds).unwrap_or_default().min(MAX_PAUSE))
}

fn number(properties: &Map<String, Value>, name: &str) -> f64 {
    properties.get(name).and_then(Value::as_f64).unwrap_or_default()
}

/// `null` and lists pass for objects in the documents' type rules; they hold nothing here.
fn object(properties: &Map<String, Value>, name: &str) -> Map<String, Value> {
    properties.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn hook_ref(properties: &Map<String, Value>, name: &str) -> Result<Option<HookRef>, VerbError> {
    let value = properties.get(name).filter(|value| !value.is_null());
    Ok(value.map(|value| HookRef::parse(name, value)).transpose()?)
}

/// Headers with text, numbers and booleans as values; anything else has no form in SIP.
pub(crate) fn headers(object: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    object.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

/// How often to play: the documents write `"forever"`, the plugin contract 0.
fn loops(times: u32) -> Loops {
    if times == 0 { Loops::Forever } else { Loops::Times(times) }
}

#[cfg(test)]
mod tests;
