//! What call hooks are tried with.

use serde_json::{Map, Value, json};
use strowger_sandbox::hook;

use super::Check;
use super::parameters::{of_wrong_types, with_unknown};
use crate::cases::event;
use crate::measure::Question;

const KINDS: [hook::EventKind; 4] = [
    hook::EventKind::SessionNew,
    hook::EventKind::SessionRedirect,
    hook::EventKind::VerbHook,
    hook::EventKind::CallStatus,
];

/// Every event, each changed in the same way.
fn asked(parameters: &Map<String, Value>, change: impl Fn(&mut hook::Event)) -> Vec<Question> {
    let of = |kind| {
        let mut event = event(kind, parameters.clone());
        change(&mut event);
        Question::Event(Box::new(event))
    };
    KINDS.into_iter().map(of).collect()
}

pub(super) fn checks(usual: &Map<String, Value>) -> Vec<Check> {
    let with = |parameters: Vec<Map<String, Value>>| {
        parameters.iter().flat_map(|parameters| asked(parameters, |_| ())).collect::<Vec<_>>()
    };
    vec![
        Check::new("every event", asked(usual, |_| ())),
        Check::new("a call that is over", asked(usual, over)),
        Check::new("a call with nothing in it", asked(usual, empty)),
        Check::new("texts of every script", asked(usual, scripts)),
        Check::new(
            "a payload of 64 KB",
            asked(usual, |event| event.payload = json!({"digits": "9".repeat(65_536)}).to_string()),
        ),
        Check::new("members that nobody knows, or none", with(with_unknown(usual))),
        Check::new("members of every wrong type", with(of_wrong_types(usual))),
    ]
}

fn over(event: &mut hook::Event) {
    event.call.status = hook::CallStatus::Completed;
    event.call.duration = Some(u32::MAX);
    event.call.tag = Some(json!({"greeted": true}).to_string());
    event.time = u64::MAX;
}

fn empty(event: &mut hook::Event) {
    let call = &mut event.call;
    for text in [
        &mut call.call_sid,
        &mut call.account_sid,
        &mut call.call_id,
        &mut call.from,
        &mut call.to,
        &mut call.sip_reason,
    ] {
        text.clear();
    }
    call.sip_status = 0;
}

fn scripts(event: &mut hook::Event) {
    event.call.from = "電話\u{202e}é\u{301}\u{1f4de}\u{0}\\\"".into();
    event.call.to = event.call.from.clone();
    event.payload = json!({"from": event.call.from, "to": event.call.to}).to_string();
}
