//! What hooks are told of a call.

mod ecma;

use serde_json::{Map, Value, json};
use strowger_model::CallRecord;
use strowger_model::application::Speech;
use strowger_model::call_record::{CallDirection, CallStatus};
use strowger_sandbox::hook;

/// Fields of the record that belong to the API alone.
const NOT_TOLD: [&str; 7] =
    ["attempted_at", "answered_at", "terminated_at", "attempts", "service_url", "termination_reason", "disable_cdrs"];

/// The fields that every hook is told.
pub(crate) fn base(record: &CallRecord) -> Map<String, Value> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(record) else { return Map::new() };
    fields.retain(|name, _| !NOT_TOLD.contains(&name.as_str()));
    fields.insert("sbc_callid".into(), json!(record.call_id));
    fields
}

/// The speech settings that verbs fall back to.
pub(crate) fn defaults(speech: &Speech) -> Value {
    let standard = Speech::default();
    let group = |names: &[(&str, &str)]| {
        let setting = |name: &str| speech.get(name).or_else(|| standard.get(name));
        let set = names.iter().filter_map(|(key, name)| Some(((*key).to_owned(), json!(setting(name)?))));
        Value::Object(set.collect())
    };
    json!({
        "synthesizer": group(&[
            ("vendor", "speech_synthesis_vendor"),
            ("label", "speech_synthesis_label"),
            ("language", "speech_synthesis_language"),
            ("voice", "speech_synthesis_voice"),
            ("fallback_vendor", "fallback_speech_synthesis_vendor"),
            ("fallback_label", "fallback_speech_synthesis_label"),
            ("fallback_language", "fallback_speech_synthesis_language"),
            ("fallback_voice", "fallback_speech_synthesis_voice"),
        ]),
        "recognizer": group(&[
            ("vendor", "speech_recognizer_vendor"),
            ("label", "speech_recognizer_label"),
            ("language", "speech_recognizer_language"),
            ("fallback_vendor", "fallback_speech_recognizer_vendor"),
            ("fallback_label", "fallback_speech_recognizer_label"),
            ("fallback_language", "fallback_speech_recognizer_language"),
        ]),
    })
}

/// An event for a plugin; `hook` is what it is told of the hook that is called.
pub(crate) fn event(
    kind: hook::EventKind,
    record: &CallRecord,
    payload: Map<String, Value>,
    hook: String,
) -> hook::Event {
    hook::Event { kind, call: call(record), time: now(), payload: ecma::to_string(payload), hook }
}

/// An event that is told once more, in the very words of before.
pub(crate) fn retold(kind: hook::EventKind, record: &CallRecord, payload: &str, hook: String) -> hook::Event {
    hook::Event { kind, call: call(record), time: now(), payload: payload.to_owned(), hook }
}

/// Unix seconds, as events are dated with: the signature of an event is good for some minutes from then on.
pub(crate) fn now() -> u64 {
    u64::try_from(strowger_model::time::unix_now()).unwrap_or_default()
}

fn call(record: &CallRecord) -> hook::Call {
    hook::Call {
        call_sid: record.call_sid.to_string(),
        account_sid: record.account_sid.hyphenated(),
        application_sid: record.application_sid.map(|sid| sid.to_string()),
        call_id: record.call_id.clone(),
        direction: match record.direction {
            CallDirection::Inbound => hook::CallDirection::Inbound,
            CallDirection::Outbound => hook::CallDirection::Outbound,
        },
        from: record.from.clone(),
        to: record.to.clone(),
        status: status(record.call_status),
        sip_status: record.sip_status,
        sip_reason: record.sip_reason.clone(),
        duration: record.duration.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
        tag: record.tag.clone().map(|tag| Value::Object(tag).to_string()),
    }
}

fn status(status: CallStatus) -> hook::CallStatus {
    match status {
        CallStatus::Trying => hook::CallStatus::Trying,
        CallStatus::Ringing => hook::CallStatus::Ringing,
        CallStatus::EarlyMedia => hook::CallStatus::EarlyMedia,
        CallStatus::InProgress => hook::CallStatus::InProgress,
        CallStatus::Completed => hook::CallStatus::Completed,
        CallStatus::Failed => hook::CallStatus::Failed,
        CallStatus::Busy => hook::CallStatus::Busy,
        CallStatus::NoAnswer => hook::CallStatus::NoAnswer,
        CallStatus::Queued => hook::CallStatus::Queued,
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::AccountId;

    use super::*;

    #[test]
    fn hooks_are_told_the_call_and_nothing_of_its_carriers() {
        let (from, to) = ("+1508".to_owned(), "+1617".to_owned());
        let mut record = CallRecord::trying(AccountId::random(), CallDirection::Outbound, from, to, "c1".into());
        record.tag = json!({"accountCode": "7"}).as_object().cloned();
        let told = Value::Object(base(&record));
        for (field, value) in [
            ("direction", "outbound"),
            ("from", "+1508"),
            ("call_id", "c1"),
            ("sbc_callid", "c1"),
            ("call_status", "trying"),
        ] {
            assert_eq!(told[field], value, "{field}");
        }
        assert_eq!(told["customerData"]["accountCode"], "7");
        assert!(told.get("attempts").is_none() && told.get("attempted_at").is_none());
    }

    #[test]
    fn speech_settings_fall_back_to_the_documented_ones() {
        let set = json!({"speech_synthesis_voice": "Joanna", "fallback_speech_synthesis_vendor": "aws"});
        let defaults = defaults(&Speech::from(set.as_object().cloned().unwrap()));
        let voice = json!({"vendor": "google", "language": "en-US", "voice": "Joanna", "fallback_vendor": "aws"});
        assert_eq!(defaults["synthesizer"], voice);
        assert_eq!(defaults["recognizer"], json!({"vendor": "google", "language": "en-US"}));
    }
}
