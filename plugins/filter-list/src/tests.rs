use serde_json::{Value, json};
use strowger_sdk::testing::Trial;

use super::*;

fn pool() -> Value {
    json!([{"id": "xy", "flags": ["x", "y"]}, {"id": "x", "flags": ["x"]}, {"id": "none"}])
}

fn parameters(mode: &str, action: &str) -> Value {
    json!({"value_a": "request:Flags", "value_b": "resource:flags", "action": action, "mode": mode})
}

fn kept<const N: usize>(mode: &str, flags: [&str; N]) -> Vec<String> {
    let trial = Trial::of(&pool()).flags(flags);
    trial.run::<FilterList>(&parameters(mode, "keep")).ids().into_iter().map(str::to_owned).collect()
}

#[test]
fn exact_wants_equal_sets_whatever_the_order() {
    assert_eq!(kept("exact", ["y", "x"]), ["xy"]);
    assert_eq!(kept("exact", []), ["none"]);
}

#[test]
fn subset_wants_all_that_is_asked_for() {
    assert_eq!(kept("subset", ["x"]), ["xy", "x"]);
    assert_eq!(kept("subset", []), ["xy", "x", "none"]);
    assert!(kept("subset", ["x", "z"]).is_empty());
}

#[test]
fn ne_subset_wants_that_something_is_asked_for() {
    assert_eq!(kept("ne_subset", ["x"]), ["xy", "x"]);
    assert!(kept("ne_subset", []).is_empty());
}

#[test]
fn ne_subset_or_exact_is_the_default_and_answers_nothing_with_nothing() {
    assert_eq!(kept("ne_subset_or_exact", []), ["none"]);
    let default = json!({"value_a": "request:Flags", "value_b": "resource:flags", "action": "keep"});
    assert_eq!(Trial::of(&pool()).flags([]).run::<FilterList>(&default).ids(), ["none"]);
    assert_eq!(Trial::of(&pool()).flags(["y"]).run::<FilterList>(&default).ids(), ["xy"]);
}

#[test]
fn intersect_and_disjoint_are_opposites() {
    assert_eq!(kept("intersect", ["y", "z"]), ["xy"]);
    assert_eq!(kept("disjoint", ["y", "z"]), ["x", "none"]);
}

#[test]
fn a_flag_asked_for_twice_is_asked_for_once() {
    assert_eq!(kept("exact", ["x", "x"]), ["x"]);
}

#[test]
fn drop_keeps_the_others() {
    let trial = Trial::of(&pool()).flags(["x"]);
    assert_eq!(trial.run::<FilterList>(&parameters("subset", "drop")).ids(), ["none"]);
}

#[test]
fn the_trace_says_what_a_carrier_lacks() {
    let trial = Trial::of(&pool()).flags(["y", "z"]);
    let outcome = trial.run::<FilterList>(&parameters("subset", "keep"));
    assert_eq!(outcome.reason("x"), Some("flags missing: y,z"));
    assert_eq!(outcome.reason("xy"), Some("flags missing: z"));
}

#[test]
fn a_field_that_is_no_list_cannot_be_compared() {
    let trial = Trial::of(&pool()).field("Flags", "x");
    let refusal = trial.try_run::<FilterList>(&parameters("subset", "keep")).unwrap_err();
    assert_eq!(refusal, PluginError::failed("the request's Flags is no list"));
}

#[test]
fn selector_rows_are_lists_too() {
    let rows = json!([
        {"name": "city", "selector": "london", "resource": "xy"},
        {"name": "city", "selector": "paris", "resource": "xy"},
        {"name": "city", "selector": "london", "resource": "x"},
        {"name": "other", "selector": "paris", "resource": "none"},
    ]);
    let kept = |mode: &str, cities: Value| {
        let trial = Trial::of(&pool()).rows(&rows).field("City", cities);
        let parameters = json!({"value_a": "request:City", "value_b": "database:city", "action": "keep", "mode": mode});
        trial.run::<FilterList>(&parameters).ids().join(" ")
    };
    assert_eq!(kept("intersect", json!(["paris"])), "xy");
    assert_eq!(kept("exact", json!(["london"])), "x");
    assert_eq!(kept("ne_subset_or_exact", json!([])), "none");
}
