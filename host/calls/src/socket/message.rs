//! The messages of the protocol, as JSON text.

use serde::Deserialize;
use serde_json::{Value, json};
use strowger_sandbox::hook::{Event, EventKind};

use crate::hook::Hook;

/// A message of the application.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Incoming {
    /// It has taken an event.
    Ack {
        msgid: String,
        #[serde(default)]
        data: Option<Value>,
    },
    /// It wants something.
    Command {
        command: String,
        #[serde(default, rename = "queueCommand")]
        queue: bool,
        #[serde(default)]
        data: Value,
        #[serde(default, rename = "callSid")]
        call_sid: Option<String>,
    },
}

/// The message that tells of an event. Where it is acknowledged, that is by `id`.
pub(super) fn of_event(hook: &Hook, event: &Event, id: &str) -> String {
    let (kind, is_named) = match event.kind {
        EventKind::SessionNew => ("session:new", false),
        EventKind::SessionRedirect => ("session:redirect", true),
        EventKind::VerbHook => ("verb:hook", true),
        EventKind::CallStatus => ("call:status", false),
    };
    message(kind, id, &event.call.call_sid, is_named.then(|| hook.written()), &event.payload)
}

/// The first message over a connection that takes the place of one that was lost.
pub(super) fn reconnect(call_sid: &str, payload: &str, id: &str) -> String {
    message("session:reconnect", id, call_sid, None, payload)
}

/// What is wrong with a message or a command.
pub(super) fn error(call_sid: &str, reason: &str, id: &str) -> String {
    message("jambonz:error", id, call_sid, None, &json!({"error": reason}).to_string())
}

/// `data` is JSON text, passed on as it is.
fn message(kind: &str, id: &str, call_sid: &str, hook: Option<&str>, data: &str) -> String {
    let hook = hook.map(|hook| format!(r#","hook":{}"#, json!(hook))).unwrap_or_default();
    format!(r#"{{"type":"{kind}","msgid":"{id}","call_sid":"{call_sid}"{hook},"data":{data}}}"#)
}
