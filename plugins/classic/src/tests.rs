use serde_json::{Value, json};
use strowger_sdk::testing::{Outcome, Trial};

use super::*;

const AMERICAN: &str = r"^\+1(\d{10})$";

fn trial(pool: &Value) -> Trial {
    Trial::of(pool).calling("+15125550177").from("+12025550100").flags([])
}

fn run(trial: &Trial) -> Outcome<'_> {
    trial.run::<Classic>(&json!({}))
}

#[test]
fn the_lightest_comes_first_and_equals_keep_the_pool_s_order() {
    let trial = trial(&json!([
        {"id": "a", "rules": [AMERICAN], "weight_cost": 50},
        {"id": "b", "rules": [AMERICAN], "weight_cost": 10},
        {"id": "c", "rules": [AMERICAN], "weight_cost": 50},
        {"id": "free", "rules": [AMERICAN], "weight_cost": 0},
    ]));
    assert_eq!(run(&trial).ids(), ["free", "b", "a", "c"]);
}

#[test]
fn a_carrier_needs_every_flag_that_is_asked_for() {
    let pool = json!([
        {"id": "f", "rules": [AMERICAN], "flags": ["f"]},
        {"id": "fg", "rules": [AMERICAN], "flags": ["g", "f"]},
        {"id": "ignores", "rules": [AMERICAN], "ignore_flags": true},
    ]);
    let asked = trial(&pool).flags(["f", "", "g"]);
    let outcome = run(&asked);
    assert_eq!(outcome.ids(), ["fg", "ignores"]);
    assert_eq!(outcome.reason("f"), Some("flags missing: g"));
}

#[test]
fn a_call_without_flags_goes_everywhere_but_where_flags_are_required() {
    let trial = trial(&json!([
        {"id": "flagged", "rules": [AMERICAN], "flags": ["f"]},
        {"id": "requires", "rules": [AMERICAN], "flags": ["f"], "require_flags": true},
        {"id": "both", "rules": [AMERICAN], "require_flags": true, "ignore_flags": true},
    ]));
    let outcome = run(&trial);
    assert_eq!(outcome.ids(), ["flagged"]);
    assert_eq!(outcome.reason("both"), Some("requires flags, and the call has none"));
}

#[test]
fn the_first_rule_that_matches_sets_the_dialled_part() {
    let trial = trial(&json!([{"id": "a", "rules": [r"^\+44", AMERICAN, r"^\+(\d+)$"]}, {"id": "none"}]));
    let outcome = run(&trial);
    assert_eq!((outcome.ids(), outcome.dialled("a")), (vec!["a"], Some("5125550177")));
    assert_eq!(outcome.reason("none"), Some("no rules match +15125550177"));
}

#[test]
fn cid_rules_must_match_where_there_are_any() {
    let pool = json!([
        {"id": "here", "rules": [AMERICAN], "cid_rules": [r"^\+1202"]},
        {"id": "there", "rules": [AMERICAN], "cid_rules": [r"^\+1512"]},
    ]);
    assert_eq!(run(&trial(&pool)).ids(), ["here"]);
    let anonymous = Trial::of(&pool).calling("+15125550177");
    let outcome = run(&anonymous);
    assert!(outcome.ids().is_empty());
    assert_eq!(outcome.reason("here"), Some("has cid_rules, and the call has no caller id"));
}

#[test]
fn a_classifier_makes_a_face_of_its_carrier() {
    let trial = trial(&json!([{
        "id": "a", "rules": ["never"], "weight_cost": 50,
        "classifiers": {"did_us": {"prefix": "9", "suffix": "", "weight_cost": 7}, "international": {}},
    }]));
    let outcome = run(&trial);
    let face = outcome.adjustment("a").unwrap();
    assert_eq!((face.variant.as_deref(), face.weight), (Some("did_us"), Some(7)));
    assert_eq!((face.prefix.as_deref(), face.suffix.as_deref()), (Some("9"), Some("")));
    assert_eq!((face.dialled.as_deref(), face.emergency), (Some("5125550177"), None));
}

#[test]
fn a_face_for_the_class_shuts_out_the_carriers_that_have_rules_only() {
    let trial = trial(&json!([
        {"id": "classified", "weight_cost": 90, "classifiers": {"did_us": {}}},
        {"id": "plain", "rules": [AMERICAN], "weight_cost": 1},
    ]));
    let outcome = run(&trial);
    assert_eq!(outcome.ids(), ["classified"]);
    assert_eq!(outcome.adjustment("classified").unwrap().weight, Some(90));
    assert_eq!(outcome.reason("plain"), Some("other carriers have a classifier for did_us"));
}

#[test]
fn a_disabled_classifier_takes_out_its_carrier_and_nobody_else() {
    let trial = trial(&json!([
        {"id": "disabled", "rules": [AMERICAN], "classifiers": {"did_us": {"enabled": false}}},
        {"id": "plain", "rules": [AMERICAN]},
    ]));
    let outcome = run(&trial);
    assert_eq!(outcome.ids(), ["plain"]);
    assert_eq!(outcome.reason("disabled"), Some("has no enabled classifier for did_us"));
}

#[test]
fn a_face_that_its_flags_shut_out_shuts_out_nobody() {
    let pool = json!([
        {"id": "classified", "classifiers": {"did_us": {}}},
        {"id": "plain", "rules": [AMERICAN], "flags": ["f"]},
    ]);
    assert_eq!(run(&trial(&pool).flags(["f"])).ids(), ["plain"]);
}

#[test]
fn a_classifier_s_own_expression_replaces_the_system_s() {
    let pool = |regex: &str| json!([{"id": "a", "classifiers": {"did_us": {"regex": regex}}}]);
    assert_eq!(run(&trial(&pool(r"^\+1512(\d+)$"))).dialled("a"), Some("5550177"));
    assert!(run(&trial(&pool(r"^\+1650(\d+)$"))).ids().is_empty());
}

#[test]
fn emergency_numbers_make_an_emergency_of_the_call_unless_the_classifier_says_no() {
    let pool = json!([
        {"id": "yes", "classifiers": {"emergency": {}}},
        {"id": "no", "classifiers": {"emergency": {"emergency": false}}},
    ]);
    let trial = trial(&pool).calling("911");
    let outcome = run(&trial);
    assert_eq!(outcome.adjustment("yes").unwrap().emergency, Some(true));
    assert_eq!(outcome.adjustment("no").unwrap().emergency, Some(false));
}

#[test]
fn carriers_that_did_not_come_in_are_not_brought_back() {
    let trial = trial(&json!([{"id": "a", "rules": [AMERICAN]}, {"id": "b", "rules": [AMERICAN]}]));
    assert_eq!(trial.step::<Classic>(&json!({}), vec![1]).unwrap().rows, [1]);
}
