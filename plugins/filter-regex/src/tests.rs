use serde_json::{Value, json};
use strowger_sdk::testing::Trial;

use super::*;

const NUMBER: &str = "+15125550177";

fn trial() -> Trial {
    let pool = json!([
        {"id": "match", "rules": [r"^\+1(\d{10})$"], "cid_rules": [r"^\+1202"]},
        {"id": "empty"},
        {"id": "differ", "rules": [r"^\+44"], "cid_rules": [r"^\+44"]},
    ]);
    Trial::of(&pool).calling(NUMBER)
}

fn by_rules(action: &str, mode: &str) -> Value {
    json!({"value_a": "number", "value_b": "resource:rules", "action": action, "mode": mode})
}

#[test]
fn keep_wants_a_match_and_drop_wants_none() {
    assert_eq!(trial().run::<FilterRegex>(&by_rules("keep", "empty_fail")).ids(), ["match"]);
    assert_eq!(trial().run::<FilterRegex>(&by_rules("drop", "empty_fail")).ids(), ["differ"]);
}

#[test]
fn a_carrier_without_expressions_goes_by_the_mode_whatever_the_action() {
    assert_eq!(trial().run::<FilterRegex>(&by_rules("keep", "empty_ok")).ids(), ["match", "empty"]);
    assert_eq!(trial().run::<FilterRegex>(&by_rules("drop", "empty_ok")).ids(), ["empty", "differ"]);
}

#[test]
fn keeping_by_the_rules_sets_the_dialled_part() {
    let trial = trial();
    let outcome = trial.run::<FilterRegex>(&by_rules("keep", "empty_ok"));
    assert_eq!(outcome.dialled("match"), Some("5125550177"));
    assert_eq!(outcome.dialled("empty"), None);
}

#[test]
fn a_rule_that_captures_the_whole_number_changes_nothing() {
    let trial = Trial::of(&json!([{"id": "a", "rules": [r"^(\+1\d{10})$"]}])).calling(NUMBER);
    let outcome = trial.run::<FilterRegex>(&by_rules("keep", "empty_fail"));
    assert_eq!((outcome.ids(), outcome.adjustment("a")), (vec!["a"], None));
}

#[test]
fn the_caller_id_never_sets_the_dialled_part() {
    let parameters = json!({"value_a": "cid_number", "value_b": "resource:rules", "action": "keep"});
    let trial = trial().from("+12025550100");
    let outcome = trial.run::<FilterRegex>(&parameters);
    assert_eq!((outcome.ids(), outcome.dialled("match")), (vec!["match"], None));
}

#[test]
fn a_call_without_caller_id_cannot_be_filtered_by_it() {
    let parameters =
        json!({"value_a": "cid_number", "value_b": "resource:cid_rules", "action": "keep", "mode": "empty_ok"});
    assert_eq!(trial().from("+12025550100").run::<FilterRegex>(&parameters).ids(), ["match", "empty"]);
    let refusal = trial().try_run::<FilterRegex>(&parameters).unwrap_err();
    assert_eq!(refusal, PluginError::failed("the call has no caller id"));
}

#[test]
fn an_absent_field_of_the_request_is_empty_text() {
    let parameters = json!({"value_a": "request:From-URI-Realm", "value_b": "resource:flags", "action": "keep"});
    let trial = Trial::of(&json!([{"id": "a", "flags": ["^$"]}, {"id": "b", "flags": ["example"]}]));
    assert_eq!(trial.run::<FilterRegex>(&parameters).ids(), ["a"]);
}

#[test]
fn expressions_may_be_selector_rows() {
    let rows = json!([
        {"name": "area", "selector": r"^\+1512", "resource": "match"},
        {"name": "area", "selector": r"^\+44", "resource": "differ"},
    ]);
    let kept = |mode: &str| {
        let parameters = json!({"value_a": "number", "value_b": "database:area", "action": "keep", "mode": mode});
        trial().rows(&rows).run::<FilterRegex>(&parameters).ids().join(" ")
    };
    assert_eq!(kept("empty_fail"), "match");
    assert_eq!(kept("empty_ok"), "match empty");
}

#[test]
fn the_trace_names_the_number_that_nothing_matched() {
    let trial = trial();
    let outcome = trial.run::<FilterRegex>(&by_rules("keep", "empty_fail"));
    assert_eq!(outcome.reason("differ"), Some("no rules match +15125550177"));
    assert_eq!(outcome.reason("empty"), Some("has no rules"));
    assert_eq!(outcome.reason("match"), None);
}

#[test]
fn a_bad_expression_is_refused_when_the_step_is_prepared() {
    let trial = Trial::of(&json!([{"id": "a", "rules": ["("]}]));
    let refusal = trial.try_run::<FilterRegex>(&by_rules("keep", "empty_fail")).unwrap_err();
    assert!(
        matches!(refusal, PluginError::BadParameter(fault) if fault.rule == "wrong_format" && fault.path == "value_b")
    );
}
