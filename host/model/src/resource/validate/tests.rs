mod table;

use serde_json::json;

use super::*;
use crate::Resource;

fn validated(document: Value) -> Result<Value, Value> {
    let mut document = document.as_object().unwrap().clone();
    validate(&mut document).map(|()| Value::Object(document)).map_err(|violations| violations.to_data())
}

fn with_gateway(gateway: Value) -> Value {
    json!({"name": "Carrier", "gateways": [gateway]})
}

fn constraints(told: &Value) -> Vec<String> {
    let told = told.as_object().unwrap();
    let mut names: Vec<_> = told
        .iter()
        .flat_map(|(path, rules)| rules.as_object().unwrap().keys().map(move |rule| format!("{path} {rule}")))
        .collect();
    names.sort();
    names
}

#[test]
fn the_documented_request_is_answered_with_the_documented_defaults() {
    let expected = json!({
        "emergency": false,
        "enabled": true,
        "flags": [],
        "gateways": [],
        "grace_period": 5,
        "media": {"audio": {"codecs": ["PCMU"]}, "video": {"codecs": []}},
        "name": "Carrier 3",
        "rules": [],
        "weight_cost": 50,
    });
    assert_eq!(validated(json!({"name": "Carrier 3", "gateways": []})), Ok(expected));
}

#[test]
fn a_gateway_gets_its_defaults() {
    let stored = validated(with_gateway(json!({"server": "carrier1.com"}))).unwrap();
    let expected = json!({
        "server": "carrier1.com",
        "port": 5060,
        "invite_format": "route",
        "custom_sip_headers": {},
        "enabled": true,
        "endpoint_type": "sip",
        "force_port": false,
        "channel_selection": "ascending",
        "skype_rr": true,
    });
    assert_eq!(stored["gateways"][0], expected);
}

#[test]
fn the_documented_resource_is_taken_and_its_texts_become_numbers() {
    let document = json!({
        "caller_id_options": {"type": "external"},
        "gateways": [{
            "channel_selection": "ascending", "codecs": ["PCMU", "PCMA"], "custom_sip_headers": {}, "emergency": false,
            "enabled": true, "endpoint_type": "sip", "format_from_uri": false, "invite_format": "route",
            "password": "DrWoody", "prefix": "+1", "progress_timeout": "6", "realm": "carrier1.com",
            "server": "carrier1.com", "skype_rr": true, "suffix": "100", "username": "blazemore",
        }],
        "name": "Carrier 3", "peer": false, "rules": ["^\\+{0,1}1{0,1}(\\d{10})$"], "type": "local", "weight_cost": "50",
    });
    let stored = validated(document).unwrap();
    assert_eq!(stored["weight_cost"], 50);
    assert_eq!(stored["gateways"][0]["progress_timeout"], 6);
    assert_eq!(stored["type"], "local", "a field that no rule names is kept");
    let read = Resource::from_body("r1", &stored).unwrap();
    assert_eq!((read.id.as_str(), read.weight_cost), ("r1", 50));
    assert_eq!(read.gateways[0].progress_timeout, Some(6));
    assert!(!format!("{read:?}").contains("DrWoody"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let told = validated(json!({
        "weight_cost": 101,
        "grace_period": "soon",
        "gateways": [{"server": "", "codecs": ["PCMU", "PCMU"], "invite_format": "e165"}, {}],
        "rules": ["(?=1)", "^ok$"],
    }))
    .unwrap_err();
    let expected = [
        "gateways.0.codecs uniqueItems",
        "gateways.0.invite_format enum",
        "gateways.0.server minLength",
        "gateways.1.server required",
        "grace_period type",
        "name required",
        "rules.0 wrong_format",
        "weight_cost maximum",
    ];
    assert_eq!(constraints(&told), expected);
    assert_eq!(told["gateways.0.server"]["minLength"]["message"], "String must be at least 1 characters");
}

#[test]
fn no_error_shows_a_password() {
    let told = validated(with_gateway(json!({"password": "DrWoody\u{7}"}))).unwrap_err();
    assert_eq!(constraints(&told), ["gateways.0.password wrong_format", "gateways.0.server required"]);
    assert!(!told.to_string().contains("DrWoody"), "{told}");
}

#[test]
fn expressions_are_checked_wherever_they_are() {
    let told = validated(json!({
        "name": "Carrier", "gateways": [],
        "cid_rules": ["("], "rules_test": ["["],
        "classifiers": {"did_us": {"regex": "(1)\\1"}},
        "formatters": {"from": [{"regex": "ok"}, {"regex": "*"}], "to": {"regex": "(?<!a)"}},
    }))
    .unwrap_err();
    let paths =
        ["cid_rules.0", "classifiers.did_us.regex", "formatters.from.1.regex", "formatters.to.regex", "rules_test.0"];
    assert_eq!(constraints(&told), paths.map(|path| format!("{path} wrong_format")));
}

#[test]
fn expressions_are_bounded_together() {
    let rules: Vec<_> = (0..100).map(|_| "1".repeat(1000)).collect();
    let told = validated(json!({"name": "Carrier", "gateways": [], "rules": rules})).unwrap_err();
    assert_eq!(constraints(&told), ["rules maxLength"]);
}

#[test]
fn nothing_that_is_stored_can_end_a_line_or_a_parameter_of_a_message() {
    let told = validated(with_gateway(json!({
        "server": "carrier.example>\r\nX: y",
        "prefix": "1@evil.example",
        "custom_sip_headers": {"X-A": "1\r\nX-B: 2", "X B": "1", "out": {"X:C": "1"}},
        "invite_parameters": {"static": ["npid", "a;b"], "dynamic": [{"key": "zone", "tag": "z;x"}]},
    })))
    .unwrap_err();
    let paths = [
        "custom_sip_headers.X B",
        "custom_sip_headers.X-A",
        "custom_sip_headers.out.X:C",
        "invite_parameters.dynamic.0.tag",
        "invite_parameters.static.1",
        "prefix",
        "server",
    ];
    assert_eq!(constraints(&told), paths.map(|path| format!("gateways.0.{path} wrong_format")));
}

#[test]
fn invite_parameters_have_the_documented_forms_only() {
    let parameters = |dynamic: Value| with_gateway(json!({"server": "a", "invite_parameters": {"dynamic": dynamic}}));
    let documented = json!(["custom_channel_vars.pass-through", "zone", {"tag": "id", "key": "custom_sip_headers.x", "seperator": ":"}]);
    assert!(validated(parameters(documented)).is_ok());
    let told =
        validated(parameters(json!(["zones", {"tag": "id"}, {"key": "zone", "tag": "z", "x": 1}, 7]))).unwrap_err();
    let paths = ["0 pattern", "1.key required", "2.x additionalProperties", "3 type"];
    assert_eq!(constraints(&told), paths.map(|path| format!("gateways.0.invite_parameters.dynamic.{path}")));
}

#[test]
fn a_classifier_keeps_what_it_does_not_say_open() {
    let stored = validated(json!({"name": "C", "gateways": [], "classifiers": {"emergency": {}}})).unwrap();
    assert_eq!(stored["classifiers"]["emergency"], json!({"enabled": true}));
}

#[test]
fn lists_are_bounded() {
    let gateways: Vec<_> = (0..101).map(|_| json!({"server": "a"})).collect();
    let flags: Vec<_> = (0..1001).map(|n| n.to_string()).collect();
    let told = validated(json!({"name": "C", "gateways": gateways, "flags": flags})).unwrap_err();
    assert_eq!(constraints(&told), ["flags maxItems", "gateways maxItems"]);
}

#[test]
fn headers_that_the_stack_writes_and_words_that_stand_for_nothing_are_refused() {
    let broken = with_gateway(json!({
        "server": "h",
        "custom_sip_headers": {"Via": "x", "out": {"X-A": "{dialled}"}, "in": {"contact": "y"}},
    }));
    let told = validated(broken).unwrap_err();
    let path = "gateways.0.custom_sip_headers";
    let expected =
        [".Via wrong_format", ".in.contact wrong_format", ".out.X-A wrong_format"].map(|end| format!("{path}{end}"));
    assert_eq!(constraints(&told), expected);
    let fine = with_gateway(json!({
        "server": "h", "custom_sip_headers": {"X-A": "{caller_id_number};{\"json\":1}", "out": {"to": 7}},
    }));
    assert!(validated(fine).is_err(), "a header is text");
}

#[test]
fn privacy_has_its_modes() {
    let gateway = |mode| with_gateway(json!({"server": "h", "privacy_mode": mode, "privacy_hide_number": "true"}));
    assert_eq!(validated(gateway("full")).unwrap()["gateways"][0]["privacy_hide_number"], true);
    assert_eq!(constraints(&validated(gateway("some")).unwrap_err()), ["gateways.0.privacy_mode enum"]);
}
