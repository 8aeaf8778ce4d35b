//! Actions on verbs that no call is in yet: their spelling is checked in full all the same, so that a client learns the same from
//! every installation.

use serde_json::{Map, Value, json};

use super::{hook, invalid};
use crate::command::Update;
use crate::create::is_truthy;
use crate::error::UpdateError;

type Check = fn(&Value) -> Result<(), UpdateError>;

/// Each action, what it acts on, and its rules.
const ACTIONS: [(&str, &str, Check); 12] = [
    ("child_call_hook", "a connected dial", |value| hook("child_call_hook", value).map(drop)),
    ("listen_status", "a listen verb", |value| word("listen_status", value, &["pause", "silence", "resume"])),
    ("transcribe_status", "a transcribe verb", |value| {
        word("transcribe_status", value, &["pause", "silence", "resume"])
    }),
    ("conf_hold_status", "a conference", |value| word("conf_hold_status", value, &["hold", "unhold"])),
    ("conf_mute_status", "a conference", |value| word("conf_mute_status", value, &["mute", "unmute"])),
    ("mute_status", "a dial or a conference", |value| word("mute_status", value, &["mute", "unmute"])),
    ("record", "a recorder", record),
    ("conferenceParticipantAction", "a conference", participant),
    ("dub", "an audio mixer", dub),
    ("boostAudioSignal", "an audio mixer", boost),
    ("media_path", "a connected dial", |value| word("media_path", value, &["no-media", "partial-media", "full-media"])),
    ("whisper", "a dial or a listen verb", whisper),
];

/// All but the whisper, which may go with another one.
pub(super) fn actions() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|(action, ..)| *action).filter(|action| *action != "whisper")
}

/// Checks an action and what comes with it; `body` is the whole request.
pub(super) fn read(action: &str, value: &Value, body: &Map<String, Value>) -> Result<Update, UpdateError> {
    let known = ACTIONS.iter().find(|(known, ..)| *known == action);
    let (action, needs, check) = known.ok_or_else(|| invalid("no valid options supplied to updateCall"))?;
    check(value)?;
    let beside = |name: &str| body.get(name).filter(|value| name != *action && is_truthy(value));
    beside("whisper").map_or(Ok(()), whisper)?;
    beside("call_hook").map_or(Ok(()), |value| hook("call_hook", value).map(drop))?;
    Ok(Update::Stateless { action, needs, body: body.clone() })
}

fn word(action: &str, value: &Value, words: &[&str]) -> Result<(), UpdateError> {
    let known = value.as_str().is_some_and(|value| words.contains(&value));
    if known { Ok(()) } else { Err(invalid(format!("invalid {action}"))) }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn record(value: &Value) -> Result<(), UpdateError> {
    let action = text(value, "action").ok_or_else(|| invalid("record requires action property"))?;
    let actions = ["startCallRecording", "stopCallRecording", "pauseCallRecording", "resumeCallRecording"];
    word("record", &json!(action), &actions)?;
    let is_cloud = text(value, "type") == Some("cloud");
    if action == "startCallRecording" && !is_cloud && text(value, "siprecServerURL").is_none() {
        return Err(invalid("record requires siprecServerURL property when starting recording"));
    }
    Ok(())
}

fn participant(value: &Value) -> Result<(), UpdateError> {
    let action = text(value, "action").unwrap_or_default();
    let actions = ["tag", "untag", "coach", "uncoach", "mute", "unmute", "hold", "unhold"];
    if !actions.contains(&action) {
        let action: String = action.chars().take(64).collect();
        return Err(invalid(format!("conferenceParticipantAction invalid action property {action}")));
    }
    if matches!(action, "tag" | "coach") && text(value, "tag").is_none() {
        return Err(invalid(format!("conferenceParticipantAction requires tag property when action is '{action}'")));
    }
    Ok(())
}

fn dub(value: &Value) -> Result<(), UpdateError> {
    let properties = value.as_object().ok_or_else(|| invalid("invalid dub"))?;
    strowger_verbs::read_one("dub", properties).map(drop).map_err(|malformed| invalid(malformed.to_string()))
}

/// Decibels: a number, or text such as `"-3 dB"`.
fn boost(value: &Value) -> Result<(), UpdateError> {
    let number = value.as_f64().or_else(|| {
        let text = value.as_str()?.trim();
        text.strip_suffix("dB").or_else(|| text.strip_suffix("db")).unwrap_or(text).trim().parse().ok()
    });
    match number.filter(|decibels| (-50.0..=50.0).contains(decibels)) {
        Some(_) => Ok(()),
        None => Err(invalid("invalid boostAudioSignal")),
    }
}

/// One verb or a list of them: `say` and `play` only.
fn whisper(value: &Value) -> Result<(), UpdateError> {
    let verbs = if value.is_array() { value.clone() } else { json!([value]) };
    let verbs = strowger_verbs::read(&verbs).map_err(|malformed| invalid(format!("whisper: {malformed}")))?;
    match verbs.iter().find(|item| !matches!(item.verb, "say" | "play")) {
        Some(other) => Err(invalid(format!("whisper: {} is neither say nor play", other.verb))),
        None => Ok(()),
    }
}
