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
        json!({"dtmf": {"digit": "9"}}),
        json!({"dtmf": {"digit": "12#", "duration": 100}}),
        json!({"sip_request": {"method": "info", "content_type": "text/plain", "content": "x", "headers": {"X-A": 1}}}),
    ] {
        let update = Update::parse(&body).unwrap();
        assert_eq!(Update::parse(&update.to_json()).unwrap(), update, "{body}");
    }
}

#[test]
fn exactly_one_action_is_allowed() {
    for body in [json!({}), json!({"mute_status": ""}), json!({"boostAudioSignal": 0}), json!([]), json!({"x": 1})] {
        assert_eq!(refusal(body), (400, "no valid options supplied to updateCall".into()));
    }
    let two = json!({"call_status": "completed", "mute_status": "mute"});
    assert_eq!(refusal(two), (400, "multiple options are not allowed in updateCall".into()));
    let pair = json!({"call_hook": "/a", "child_call_hook": "/b"});
    assert!(matches!(Update::parse(&pair).unwrap(), Update::Stateless { action: "child_call_hook", .. }));
}

#[test]
fn what_is_misspelt_is_refused_in_the_documented_words() {
    for (body, message) in [
        (json!({"call_status": "ringing"}), "invalid call_status"),
        (json!({"mute_status": "quiet"}), "invalid mute_status"),
        (json!({"listen_status": "off"}), "invalid listen_status"),
        (json!({"conf_hold_status": "on"}), "invalid conf_hold_status"),
        (json!({"media_path": "none"}), "invalid media_path"),
        (json!({"tag": "x"}), "invalid tag data"),
        (json!({"dtmf": {"digit": "x"}}), "invalid dtmf"),
        (json!({"dtmf": {"duration": 100}}), "invalid dtmf"),
        (json!({"dtmf": {"digit": "1", "duration": -1}}), "invalid dtmf"),
        (json!({"call_hook": {"method": "GET"}}), "missing call_hook.url"),
        (json!({"child_call_hook": {"method": "GET"}}), "missing child_call_hook.url"),
        (
            json!({"sip_request": {"method": "INFO", "content": "x"}}),
            "sip_request requires method, content_type and content properties",
        ),
        (
            json!({"sip_request": {"method": "BYE", "content_type": "text/plain", "content": "x"}}),
            "sip_request method: BYE is not one of INFO, MESSAGE, NOTIFY and OPTIONS",
        ),
        (json!({"record": {"type": "cloud"}}), "record requires action property"),
        (
            json!({"record": {"action": "startCallRecording"}}),
            "record requires siprecServerURL property when starting recording",
        ),
        (
            json!({"conferenceParticipantAction": {"action": "kick"}}),
            "conferenceParticipantAction invalid action property kick",
        ),
        (
            json!({"conferenceParticipantAction": {"action": "coach"}}),
            "conferenceParticipantAction requires tag property when action is 'coach'",
        ),
        (json!({"dub": {"action": "addTrack"}}), "dub: missing value for track"),
        (json!({"boostAudioSignal": "loud"}), "invalid boostAudioSignal"),
        (json!({"whisper": {"verb": "hangup"}}), "whisper: hangup is neither say nor play"),
        (
            json!({"mute_status": "mute", "whisper": [{"verb": "say", "txt": "x"}]}),
            "whisper: say: unknown property txt",
        ),
    ] {
        assert_eq!(refusal(body.clone()), (400, message.to_owned()), "{body}");
    }
}

#[test]
fn actions_on_verbs_that_no_call_is_in_are_read_all_the_same() {
    for (action, value) in [
        ("listen_status", json!("pause")),
        ("transcribe_status", json!("resume")),
        ("conf_mute_status", json!("unmute")),
        ("record", json!({"action": "stopCallRecording"})),
        ("conferenceParticipantAction", json!({"action": "tag", "tag": "x"})),
        ("dub", json!({"action": "addTrack", "track": "a"})),
        ("boostAudioSignal", json!("-6 dB")),
        ("boostAudioSignal", json!(10)),
        ("whisper", json!([{"verb": "say", "text": "x"}, {"play": {"url": "x"}}])),
    ] {
        let mut body = Map::new();
        body.insert(action.into(), value);
        let update = Update::parse(&Value::Object(body)).unwrap();
        assert!(matches!(&update, Update::Stateless { action: read, .. } if *read == action), "{update:?}");
        assert_eq!(Update::parse(&update.to_json()).unwrap(), update);
    }
}

#[test]
fn a_whisper_beside_an_end_is_passed_over_and_beside_another_action_is_not() {
    let beside = |action: &str, value: Value| {
        let whisper = json!({"verb": "say", "text": "x"});
        Update::parse(&json!({action: value, "whisper": whisper})).unwrap()
    };
    assert_eq!(beside("call_status", json!("completed")), Update::Complete);
    assert!(matches!(beside("tag", json!({"a": 1})), Update::Stateless { action: "whisper", .. }));
    assert!(matches!(beside("mute_status", json!("mute")), Update::Stateless { action: "mute_status", .. }));
}

#[test]
fn a_status_hook_comes_only_with_a_call_hook() {
    let alone = refusal(json!({"call_status_hook": "http://h"}));
    assert_eq!(alone, (400, "no valid options supplied to updateCall".into()));
    let beside = refusal(json!({"call_status_hook": "http://h", "tag": {}}));
    assert!(beside.1.starts_with("call_status_hook can be updated only"), "{beside:?}");
}
