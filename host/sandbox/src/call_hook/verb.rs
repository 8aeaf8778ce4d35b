//! What a call hook answers, whichever way it writes it.

use serde_json::Value;
use strowger_verbs::Malformed;

use super::hook::{HookTarget, OtherVerb, Play};
use crate::bindings::call_hook::exports::strowger::plugin::call_hook as contract;

/// A verb. Those that the contract types beyond these are told by name as well.
#[derive(Debug, Clone)]
pub enum Verb {
    /// Answers the call.
    Answer,
    /// Waits for so many milliseconds.
    Pause(u32),
    /// Plays a prompt.
    Play(Play),
    /// Replaces the call's tag: a JSON object.
    Tag(String),
    /// Asks for other verbs.
    Redirect(HookTarget),
    /// Ends the call, with these SIP headers in the BYE.
    Hangup(Vec<(String, String)>),
    /// Any verb of the documents.
    Other(OtherVerb),
}

impl Verb {
    /// Reads what came over the wall.
    ///
    /// # Errors
    /// [`Malformed`] where a field that holds JSON holds none.
    pub(super) fn read(verb: contract::Verb) -> Result<Self, Malformed> {
        Ok(match verb {
            contract::Verb::Answer => Self::Answer,
            contract::Verb::Pause(milliseconds) => Self::Pause(milliseconds),
            contract::Verb::Play(play) => Self::Play(play),
            contract::Verb::Tag(data) => Self::Tag(data),
            contract::Verb::Redirect(target) => Self::Redirect(target),
            contract::Verb::Hangup(headers) => Self::Hangup(headers),
            contract::Verb::Other(other) => Self::Other(other),
            typed => Self::Other(named(&typed)?),
        })
    }
}

/// The name and the properties that the documents have for a verb of the contract.
fn named(typed: &contract::Verb) -> Result<OtherVerb, Malformed> {
    let (case, fields) = match serde_json::to_value(typed) {
        Ok(Value::Object(case)) => case.into_iter().next().ok_or(Malformed::NoVerb)?,
        _ => return Err(Malformed::NoVerb),
    };
    let (name, properties) = strowger_verbs::read_component(&case, fields)?;
    Ok(OtherVerb { name: name.to_owned(), properties: Value::Object(properties).to_string() })
}
