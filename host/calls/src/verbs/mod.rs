//! The verbs of an application: what they look like and which of them run here.
//!
//! Every application is read by [`parse`], whether it comes from `app_json`, from a webhook or from a plugin.

mod config;
mod message;
mod play;
mod sip_request;

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_media::{Digits, DigitsError, Loops};
use strowger_sandbox::hook;
use strowger_verbs::{Item, Malformed};

pub use config::Config;
pub use message::Text;
pub use play::Play;
pub use sip_request::SipRequest;

use crate::hook::{HookFault, HookRef};

/// No pause is longer than a day.
const MAX_PAUSE: Duration = Duration::from_secs(86_400);

/// How long a digit sounds where the verb does not say.
const DIGIT: Duration = Duration::from_millis(500);

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
    /// Sends digits.
    Dtmf {
        /// Which.
        digits: Digits,
        /// How long each sounds.
        each: Duration,
    },
    /// Sends a request inside the dialog.
    SipRequest(SipRequest),
    /// What a caller is shown before the answer; nothing to do on a call that was placed.
    Alert(String),
    /// Sets something for the rest of the call.
    Config(Config),
    /// Sends a message.
    Message(Text),
    /// A verb of the documents that is not built: the application ends there.
    NotBuilt(String),
}

/// What is wrong with an application, in the documented words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerbError {
    /// It has not the documented shape.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A value of the right type that means nothing.
    #[error("{verb}: property {property} has invalid data type")]
    Value {
        /// The verb.
        verb: &'static str,
        /// The property.
        property: &'static str,
    },
    /// A value that breaks a rule of its own.
    #[error("{verb}: property {property} {rule}")]
    Rule {
        /// The verb.
        verb: &'static str,
        /// The property.
        property: &'static str,
        /// The rule.
        rule: String,
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
    strowger_verbs::read(application)?.iter().map(typed).collect()
}

/// Reads what a call hook answered.
///
/// # Errors
/// The first [`VerbError`] in listed order.
pub fn from_hook(verbs: Vec<hook::Verb>) -> Result<Vec<Verb>, VerbError> {
    verbs.into_iter().map(from_hook_verb).collect()
}

fn typed(item: &Item<'_>) -> Result<Verb, VerbError> {
    let properties = &*item.properties;
    Ok(match item.verb {
        "answer" => Verb::Answer,
        "pause" => pause(number(properties, "length")),
        "play" => Verb::Play(Play::from_properties(properties)?),
        "tag" => Verb::Tag(object(properties, "data")),
        "redirect" => Verb::Redirect {
            action_hook: hook_ref(properties, "actionHook")?
                .ok_or(VerbError::Value { verb: "redirect", property: "actionHook" })?,
            status_hook: hook_ref(properties, "statusHook")?,
        },
        "hangup" => Verb::Hangup(headers(&object(properties, "headers"))),
        "dtmf" => dtmf(properties)?,
        "sip:request" => Verb::SipRequest(SipRequest::from_properties(properties)?),
        "alert" => Verb::Alert(text(properties, "message").unwrap_or_default().to_owned()),
        "config" => config::read(properties)?,
        "message" => Verb::Message(Text::from_properties(properties)?),
        name => Verb::NotBuilt(name.to_owned()),
    })
}

fn from_hook_verb(verb: hook::Verb) -> Result<Verb, VerbError> {
    Ok(match verb {
        hook::Verb::Answer => Verb::Answer,
        hook::Verb::Pause(milliseconds) => Verb::Pause(Duration::from_millis(milliseconds.into()).min(MAX_PAUSE)),
        hook::Verb::Play(play) => Verb::Play(Play::from(play)),
        hook::Verb::Tag(data) => match serde_json::from_str(&data) {
            Ok(Value::Object(data)) => Verb::Tag(data),
            _ => return Err(VerbError::Value { verb: "tag", property: "data" }),
        },
        hook::Verb::Redirect(target) => Verb::Redirect { action_hook: target.into(), status_hook: None },
        hook::Verb::Hangup(headers) => Verb::Hangup(headers),
        hook::Verb::Other(other) => {
            let properties = serde_json::from_str(&other.properties).ok();
            let Some(Value::Object(properties)) = properties else { return Err(Malformed::NoVerb.into()) };
            typed(&strowger_verbs::read_one(&other.name, &properties)?)?
        }
    })
}

fn pause(seconds: f64) -> Verb {
    Verb::Pause(Duration::try_from_secs_f64(seconds).unwrap_or_default().min(MAX_PAUSE))
}

fn dtmf(properties: &Map<String, Value>) -> Result<Verb, VerbError> {
    let digits = Digits::parse(text(properties, "dtmf").unwrap_or_default());
    let rule = |error: DigitsError| VerbError::Rule { verb: "dtmf", property: "dtmf", rule: error.to_string() };
    let each = properties.get("duration").and_then(Value::as_u64).map_or(DIGIT, Duration::from_millis);
    Ok(Verb::Dtmf { digits: digits.map_err(rule)?, each })
}

fn text<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    properties.get(name).and_then(Value::as_str)
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
