//! `config`: settings for the rest of the session.

use serde_json::{Map, Value};

use super::{Verb, VerbError, hook_ref};
use crate::hook::HookRef;

/// What an application sets for the rest of its call. Settings of verbs that speak and listen are checked, and there is nothing to set yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Who is asked about requests of the far end inside the dialog, where it says.
    pub request_hook: Option<HookRef>,
}

/// What starts something at once that is not built. A part with `enable: false` switches off what is not on.
const STARTS: [&str; 12] = [
    "amd",
    "bargeIn",
    "boostAudioSignal",
    "fillerNoise",
    "listen",
    "noiseIsolation",
    "record",
    "referHook",
    "stream",
    "transcribe",
    "ttsStream",
    "turnTaking",
];

/// Everything else is about verbs that read it when they run.
pub(super) fn read(properties: &Map<String, Value>) -> Result<Verb, VerbError> {
    let starts =
        |name: &str| properties.get(name).is_some_and(|value| value.get("enable") != Some(&Value::Bool(false)));
    Ok(match STARTS.into_iter().find(|name| starts(name)) {
        Some(name) => Verb::NotBuilt(format!("config.{name}")),
        None => Verb::Config(Config { request_hook: hook_ref(properties, "sipRequestWithinDialogHook")? }),
    })
}
