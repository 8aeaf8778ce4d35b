use serde_json::json;

use super::*;

fn formatted(direction: Direction, formatters: Value, fields: Value) -> Value {
    let (Value::Object(formatters), Value::Object(mut fields)) = (formatters, fields) else { panic!("two objects") };
    RequestFormatter::prepare(formatters).unwrap().apply(direction, &mut fields).unwrap();
    Value::Object(fields)
}

fn inbound(formatters: Value, fields: Value) -> Value {
    formatted(Direction::Inbound, formatters, fields)
}

fn outbound(formatters: Value, fields: Value) -> Value {
    formatted(Direction::Outbound, formatters, fields)
}

#[test]
fn a_regex_keeps_its_first_group_between_prefix_and_suffix() {
    let formatters = json!({"caller_id_number": {"regex": r"^\+?1?(\d{10})$", "prefix": "tel:", "suffix": ";x"}});
    let fields = inbound(formatters, json!({"Caller-ID-Number": "+15125550177"}));
    assert_eq!(fields, json!({"Caller-ID-Number": "tel:5125550177;x"}));
}

#[test]
fn strip_beats_value_beats_conversion_beats_regex() {
    let all = json!({"strip": true, "value": "v", "match_invite_format": true, "regex": "(.)"});
    let fields = json!({"Invite-Format": "npan", "X": "+15125550177"});
    let without = |keys: &[&str]| {
        let mut option = all.clone();
        keys.iter().for_each(|key| drop(option.as_object_mut().unwrap().remove(*key)));
        outbound(json!({"x": option}), fields.clone())["X"].clone()
    };
    assert_eq!(without(&[]), Value::Null);
    assert_eq!(without(&["strip"]), "v");
    assert_eq!(without(&["strip", "value"]), "5125550177");
    assert_eq!(without(&["strip", "value", "match_invite_format"]), "+");
}

#[test]
fn the_first_formatter_of_a_list_that_applies_is_the_only_one() {
    let list = json!({"x": [{"regex": "^no$"}, {"regex": "^(.)"}, {"value": "never"}]});
    assert_eq!(inbound(list, json!({"X": "abc"})), json!({"X": "a"}));
}

#[test]
fn both_is_either_direction() {
    let formatters = json!({"x": {"direction": "both", "value": "y"}});
    assert_eq!(inbound(formatters.clone(), json!({"X": "a"})), json!({"X": "y"}));
    assert_eq!(outbound(formatters, json!({"X": "a"})), json!({"X": "y"}));
    let outbound_only = json!({"x": {"direction": "outbound", "value": "y"}});
    assert_eq!(inbound(outbound_only, json!({"X": "a"})), json!({"X": "a"}));
}

#[test]
fn keys_are_folded() {
    for key in ["caller_id_number", "Caller-ID-Number", "CALLER-ID_NUMBER"] {
        let formatters = Map::from_iter([(key.to_owned(), json!({"value": "x"}))]);
        assert_eq!(
            inbound(formatters.into(), json!({"Caller-ID-Number": "1"})),
            json!({"Caller-ID-Number": "x"}),
            "{key}"
        );
    }
}

#[test]
fn of_an_address_the_user_is_formatted_up_to_the_first_at() {
    let formatters = json!({"to": {"regex": r"^(\d{3})"}});
    assert_eq!(inbound(formatters, json!({"To": "5125550177@a@b"})), json!({"To": "512@a@b"}));
}

#[test]
fn what_cannot_be_formatted_is_left_as_it_is() {
    let number = json!({"x": {"regex": "(.)"}});
    assert_eq!(inbound(number, json!({"X": 20})), json!({"X": 20}));
    let no_realm = json!({"request": {"regex": r"(\d)"}});
    assert_eq!(inbound(no_realm, json!({"Request": "5125550177"})), json!({"Request": "5125550177"}));
    let bad_regex = json!({"x": {"regex": "("}});
    assert_eq!(inbound(bad_regex, json!({"X": "a"})), json!({"X": "a"}));
}

#[test]
fn outbound_the_addresses_of_a_request_mean_the_endpoint_s_fields() {
    let formatters = json!({
        "from": {"regex": r"^\+1(\d+)$"}, "to": {"value": "7"}, "request": {"regex": r"^(\d{3})"},
    });
    let fields = json!({"Outbound-Caller-ID-Number": "+12025550100", "To-DID": "1", "Route": "sip:5125550177@gw:5080"});
    let expected = json!({"Outbound-Caller-ID-Number": "2025550100", "To-DID": "7", "Route": "sip:512@gw:5080"});
    assert_eq!(outbound(formatters.clone(), fields.clone()), expected);
    assert_eq!(inbound(formatters, fields.clone()), fields);
}

#[test]
fn of_diversions_the_first_address_is_formatted() {
    let headers = json!({"Custom-SIP-Headers": {"Diversions": ["<sip:+15125550177@192.0.2.4>;counter=2", "dropped"]}});
    let formatted = outbound(json!({"diversion": {"regex": r"^\+1(\d+)$"}}), headers);
    let expected = json!({"address": "<sip:5125550177@192.0.2.4>", "counter": 2});
    assert_eq!(formatted["Custom-SIP-Headers"]["Diversions"], expected);
}

#[test]
fn headers_see_the_invite_format_as_formatted() {
    let formatters = json!({"x_number": {"match_invite_format": true}, "invite_format": {"value": "1npan"}});
    let fields = json!({"Invite-Format": "npan", "Custom-SIP-Headers": {"X-Number": "+15125550177"}});
    assert_eq!(outbound(formatters, fields)["Custom-SIP-Headers"]["X-Number"], "15125550177");
}

#[test]
fn the_envelope_is_out_of_reach() {
    let fields = json!({"Call-ID": "c", "Account-ID": "a"});
    let formatters = json!({"call_id": {"strip": true}, "account-id": {"value": "b"}});
    assert_eq!(inbound(formatters, fields.clone()), fields);
}
