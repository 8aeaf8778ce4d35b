//! Reading an update of a live call.

use serde_json::{Map, Value, json};

use crate::command::Update;
use crate::create::is_truthy;
use crate::error::UpdateError;
use crate::hook::HookRef;

/// The actions, of which exactly one may be asked for.
const ACTIONS: [&str; 16] = [
    "call_hook",
    "child_call_hook",
    "call_status",
    "listen_status",
    "transcribe_status",
    "conf_hold_status",
    "conf_mute_status",
    "mute_status",
    "sip_request",
    "record",
    "tag",
    "dtmf",
    "conferenceParticipantAction",
    "dub",
    "boostAudioSignal",
    "media_path",
];

/// Values of the actions on verbs that are not built; their spelling is checked all the same.
const VALUES: [(&str, &[&str]); 5] = [
    ("listen_status", &["pause", "silence", "resume"]),
    ("conf_hold_status", &["hold", "unhold"]),
    ("conf_mute_status", &["mute", "unmute"]),
    ("mute_status", &["mute", "unmute"]),
    ("media_path", &["no-media", "partial-media", "full-media"]),
];

const MAX_TAG: usize = 16 << 10;

impl Update {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`UpdateError::Invalid`] in the documented words, or [`UpdateError::NotBuilt`].
    pub fn parse(body: &Value) -> Result<Self, UpdateError> {
        let body = body.as_object().ok_or_else(|| invalid("no valid options supplied to updateCall"))?;
        let given = |name: &str| body.get(name).filter(|value| is_truthy(value));
        let mut actions = ACTIONS.into_iter().filter(|name| given(name).is_some());
        let action = match (actions.next(), actions.next(), actions.next()) {
            (None, ..) if given("whisper").is_some() => return Err(UpdateError::NotBuilt("whisper")),
            (None, ..) => return Err(invalid("no valid options supplied to updateCall")),
            (Some(action), None, _) => action,
            (Some("call_hook"), Some("child_call_hook"), None) => return Err(UpdateError::NotBuilt("child_call_hook")),
            _ => return Err(invalid("multiple options are not allowed in updateCall")),
        };
        if given("call_status_hook").is_some() && action != "call_hook" {
            return Err(invalid("call_status_hook can be updated only when call_hook is also being updated"));
        }
        let value = given(action).unwrap_or(&Value::Null);
        match action {
            "call_status" => status(value),
            "call_hook" => redirect(value, given("call_status_hook")),
            "tag" => tag(value, given("whisper")),
            other => Err(not_built(other, value)),
        }
    }

    /// As a request body: what [`Self::parse`] reads.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Complete => json!({"call_status": "completed"}),
            Self::NoAnswer => json!({"call_status": "no-answer"}),
            Self::Redirect { call_hook, status_hook: None } => json!({"call_hook": call_hook.to_json()}),
            Self::Redirect { call_hook, status_hook: Some(status_hook) } => {
                json!({"call_hook": call_hook.to_json(), "call_status_hook": status_hook.to_json()})
            }
            Self::Tag(tag) => json!({"tag": tag}),
        }
    }
}

fn status(value: &Value) -> Result<Update, UpdateError> {
    match value.as_str() {
        Some("completed") => Ok(Update::Complete),
        Some("no-answer") => Ok(Update::NoAnswer),
        _ => Err(invalid("invalid call_status")),
    }
}

fn redirect(call_hook: &Value, status_hook: Option<&Value>) -> Result<Update, UpdateError> {
    let parse = |name: &str, value: &Value| {
        if value.as_object().is_some_and(|hook| !hook.contains_key("url")) {
            return Err(invalid(format!("missing {name}.url")));
        }
        HookRef::parse(name, value).map_err(|fault| invalid(fault.to_string()))
    };
    let status_hook = status_hook.map(|hook| parse("call_status_hook", hook)).transpose()?;
    Ok(Update::Redirect { call_hook: parse("call_hook", call_hook)?, status_hook })
}

fn tag(value: &Value, whisper: Option<&Value>) -> Result<Update, UpdateError> {
    if whisper.is_some() {
        return Err(UpdateError::NotBuilt("whisper"));
    }
    let tag: Option<&Map<String, Value>> = value.as_object().filter(|_| value.to_string().len() <= MAX_TAG);
    tag.cloned().map(Update::Tag).ok_or_else(|| invalid("invalid tag data"))
}

fn not_built(action: &'static str, value: &Value) -> UpdateError {
    let values = VALUES.iter().find(|(name, _)| *name == action).map(|(_, values)| *values);
    let misspelt = values.is_some_and(|values| !value.as_str().is_some_and(|text| values.contains(&text)));
    if misspelt { invalid(format!("invalid {action}")) } else { UpdateError::NotBuilt(action) }
}

fn invalid(message: impl Into<String>) -> UpdateError {
    UpdateError::Invalid(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: Value) -> (u16, String) {
        let error = Update::parse(&body).unwrap_err();
        (error.status(), error.to_string())
    }

    #[test]
    fn what_is_built_is_read() {
        assert_eq!(Update::parse(&json!({"call_status": "completed"})).unwrap(), Update::Complete);
        assert_eq!(Update::parse(&json!({"call_status": "no-answer"})).unwrap(), Update::NoAnswer);
        assert!(matches!(Update::parse(&json!({"tag": {"a": 1}})).unwrap(), Update::Tag(tag) if tag["a"] == 1));
        let redirect = json!({"call_hook": {"url": "/next"}, "call_status_hook": "http://h/status"});
        assert!(matches!(Update::parse(&redirect).unwrap(), Update::Redirect { status_hook: Some(_), .. }));
    }

    #[test]
    fn an_update_that_was_read_is_written_as_it_is_read() {
        let hook = json!({"url": "/next", "method": "get", "username": "u", "password": "p"});
        for body in [
            json!({"call_status": "completed"}),
            json!({"call_status": "no-answer"}),
            json!({"tag": {"a": {"b": [1, null]}}}),
            json!({"tag": {}}),
            json!({"call_hook": hook, "call_status_hook": {"url": "http://h/status"}}),
            json!({"call_hook": "plugin:greeter"}),
        ] {
            let update = Update::parse(&body).unwrap();
            assert_eq!(Update::parse(&update.to_json()).unwrap(), update, "{body}");
        }
    }

    #[test]
    fn exactly_one_action_is_allowed() {
        for body in [json!({}), json!({"mute_status": ""}), json!({"boostAudioSignal": 0}), json!([]), json!({"x": 1})]
        {
            assert_eq!(refusal(body), (400, "no valid options supplied to updateCall".into()));
        }
        let two = json!({"call_status": "completed", "mute_status": "mute"});
        assert_eq!(refusal(two), (400, "multiple options are not allowed in updateCall".into()));
        let pair = json!({"call_hook": "/a", "child_call_hook": "/b"});
        assert_eq!(refusal(pair), (422, "child_call_hook is not built".into()));
    }

    #[test]
    fn misspelt_values_are_refused_before_what_is_not_built() {
        for (body, expected) in [
            (json!({"call_status": "ringing"}), (400, "invalid call_status")),
            (json!({"mute_status": "quiet"}), (400, "invalid mute_status")),
            (json!({"mute_status": "mute"}), (422, "mute_status is not built")),
            (json!({"whisper": {"verb": "say"}}), (422, "whisper is not built")),
            (json!({"tag": "x"}), (400, "invalid tag data")),
            (json!({"call_hook": {"method": "GET"}}), (400, "missing call_hook.url")),
        ] {
            assert_eq!(refusal(body), (expected.0, expected.1.to_owned()));
        }
    }

    #[test]
    fn a_status_hook_comes_only_with_a_call_hook() {
        let alone = refusal(json!({"call_status_hook": "http://h"}));
        assert_eq!(alone, (400, "no valid options supplied to updateCall".into()));
        let beside = refusal(json!({"call_status_hook": "http://h", "tag": {}}));
        assert!(beside.1.starts_with("call_status_hook can be updated only"), "{beside:?}");
    }
}
