use serde_json::json;

use super::*;

fn request(changes: Value) -> Value {
    let mut body = json!({
        "from": "+15083728299",
        "to": {"type": "phone", "number": "+16172375089"},
        "call_hook": "http://app.example/call",
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn refusal(changes: Value) -> String {
    CreateCall::parse(&request(changes)).unwrap_err().to_string()
}

#[test]
fn the_documented_example_is_a_phone_call_by_name() {
    let body = json!({
        "application_sid": "0e06a1b0-d49f-4fb8-b973-b5a3c6758de1",
        "from": "+15083728299",
        "to": {"type": "phone", "name": "+16172375089"},
        "tag": {"accountCode": " 288fe284 "},
    });
    let call = CreateCall::parse(&body).unwrap();
    assert_eq!(call.target.address(), "+16172375089");
    assert!(matches!(call.handling, Handling::Application(_)));
    assert_eq!(call.tag.unwrap()["accountCode"], "288fe284");
    assert_eq!((call.timeout, call.time_limit), (Duration::from_secs(60), None));
}

#[test]
fn a_sip_uri_may_come_with_credentials_that_are_not_shown() {
    let to = json!({"type": "sip", "sipUri": "sip:a@b", "auth": {"username": "u", "password": "hunter2"}});
    let call = CreateCall::parse(&request(json!({"to": to}))).unwrap();
    let Target::Sip { auth: Some(auth), .. } = &call.target else { panic!() };
    assert_eq!(auth.password.expose(), "hunter2");
    assert!(!format!("{call:?}").contains("hunter2"));
}

#[test]
fn what_is_wrong_is_said_in_the_documented_words() {
    for (changes, message) in [
        (json!({"from": null}), "missing from parameter"),
        (json!({"to": null}), "missing or invalid to property: undefined"),
        (json!({"to": {"type": "phone"}}), r#"missing or invalid to property: {"type":"phone"}"#),
        (
            json!({"to": {"type": "sip", "number": "1"}}),
            r#"missing or invalid to property: {"type":"sip","number":"1"}"#,
        ),
        (json!({"call_hook": null}), "either call_hook or application_sid required"),
        (json!({"call_hook": "/x"}), "call_hook url be an absolute url"),
        (json!({"call_status_hook": {}}), "call_status_hook must be string or an object containing a url property"),
        (json!({"application_sid": "x"}), "invalid application_sid"),
        (json!({"app_json": "[{\"verb\":\"paws\"}]"}), "app_json: invalid instruction: paws"),
        (json!({"timeout": 0}), "timeout must be a whole number of seconds from 1 to 600"),
        (
            json!({"to": {"type": "sip", "sipUri": "sip:a@b"}, "routing": {}}),
            "routing is for calls to a phone, not to a SIP URI",
        ),
        (json!({"timeOut": 1}), "unknown property timeOut"),
        (json!({"tag": "x"}), "tag must be an object of at most 16384 bytes"),
    ] {
        assert_eq!(refusal(changes.clone()), message, "{changes}");
    }
}

#[test]
fn what_is_documented_but_not_built_is_refused_by_name() {
    for (changes, message) in [
        (json!({"to": {"type": "user", "name": "bob"}}), "to.type user is not built"),
        (json!({"to": {"type": "teams", "number": "1"}}), "to.type teams is not built"),
        (json!({"amd": {"actionHook": "/amd"}}), "amd is not built"),
    ] {
        let error = CreateCall::parse(&request(changes)).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.status()), (message, 422));
    }
}

#[test]
fn headers_that_would_change_the_message_are_refused() {
    assert!(refusal(json!({"headers": {"Via": "x"}})).starts_with("headers: "));
    assert!(refusal(json!({"headers": {"X-A": "1\r\nVia: x"}})).starts_with("headers: "));
    assert!(refusal(json!({"from": "a\r\nb"})).starts_with("from must be text"));
    assert!(refusal(json!({"fromHost": "a>b"})).starts_with("fromHost must be"));
}
