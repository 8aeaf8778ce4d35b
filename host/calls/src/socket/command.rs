//! Commands of an application, as what the call is told.

use serde_json::{Map, Value, json};

use crate::command::Update;
use crate::verbs::{self, Verb};

/// What a command asks for.
#[derive(Debug)]
pub(super) enum Wanted {
    /// Verbs, behind those that are left or in their place.
    Script {
        verbs: Vec<Verb>,
        queue: bool,
    },
    Update(Update),
}

/// Commands that are updates of the call, by the property of the REST API that says the same, and whether `data` is that property's
/// value or holds it.
const UPDATES: [(&str, &str, bool); 18] = [
    ("call:status", "call_status", false),
    ("mute:status", "mute_status", false),
    ("conf:mute-status", "conf_mute_status", false),
    ("conf:hold-status", "conf_hold_status", false),
    ("conf:participant-action", "conferenceParticipantAction", true),
    ("listen:status", "listen_status", false),
    ("stream:status", "listen_status", false),
    ("transcribe:status", "transcribe_status", false),
    ("media:path", "media_path", false),
    ("whisper", "whisper", false),
    ("record", "record", true),
    ("dub", "dub", true),
    ("boostAudioSignal", "boostAudioSignal", false),
    ("sip:request", "sip_request", true),
    ("dtmf", "dtmf", true),
    ("tag", "tag", true),
    ("call:tag", "tag", true),
    ("redirect", "call_hook", false),
];

/// Reads a command; what is wrong with it in words for its author.
pub(super) fn read(command: &str, queue: bool, data: &Value) -> Result<Wanted, String> {
    let told = |error: &dyn std::fmt::Display| format!("{command}: {error}");
    match (command, data) {
        ("redirect", Value::Array(_)) => {
            verbs::parse(data).map(|verbs| Wanted::Script { verbs, queue }).map_err(|error| told(&error))
        }
        // Settings and further verbs join what runs.
        ("config" | "dial", Value::Object(properties)) => {
            let verb = json!([{ command: properties }]);
            verbs::parse(&verb).map(|verbs| Wanted::Script { verbs, queue: true }).map_err(|error| told(&error))
        }
        _ => update(command, data).map(Wanted::Update),
    }
}

fn update(command: &str, data: &Value) -> Result<Update, String> {
    let known = UPDATES.iter().find(|(known, ..)| *known == command);
    let (_, property, is_value) = known.ok_or_else(|| format!("{command}: unknown command"))?;
    let body = match (is_value, data) {
        (true, data) => json!({ *property: data }),
        (false, Value::Object(fields)) => Value::Object(fields.clone()),
        (false, _) => Value::Object(Map::new()),
    };
    Update::parse(&body).map_err(|error| format!("{command}: {error}"))
}
