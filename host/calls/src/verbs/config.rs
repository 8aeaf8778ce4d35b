//! `config`: settings for the rest of the session.

use serde_json::{Map, Value};

use super::Verb;

/// What starts something at once that is not built. A part with `enable: false` switches off what is not on.
const STARTS: [&str; 11] = [
    "amd",
    "bargeIn",
    "boostAudioSignal",
    "fillerNoise",
    "listen",
    "noiseIsolation",
    "record",
    "stream",
    "transcribe",
    "ttsStream",
    "turnTaking",
];

/// Everything else is about verbs that read it when they run.
pub(super) fn read(properties: &Map<String, Value>) -> Verb {
    let starts =
        |name: &str| properties.get(name).is_some_and(|value| value.get("enable") != Some(&Value::Bool(false)));
    match STARTS.into_iter().find(|name| starts(name)) {
        Some(name) => Verb::NotBuilt(format!("config.{name}")),
        None => Verb::Config,
    }
}
