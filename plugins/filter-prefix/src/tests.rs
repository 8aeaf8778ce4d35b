use serde_json::{Value, json};
use strowger_sdk::testing::Trial;

use super::*;

fn trial() -> Trial {
    let rows = json!([
        {"name": "lcr", "selector": "1512", "resource": "texas"},
        {"name": "lcr", "selector": "44", "resource": "britain"},
        {"name": "lcr", "selector": "1", "resource": "past", "stop_time": 99},
    ]);
    let pool = json!([{"id": "texas"}, {"id": "britain"}, {"id": "past"}]);
    Trial::of(&pool).rows(&rows).calling("+15125550177").at(100)
}

fn by_rows(action: &str, mode: &str) -> Value {
    json!({"value_a": "number", "value_b": "database:lcr", "action": action, "mode": mode})
}

#[test]
fn a_carrier_with_a_prefix_of_the_number_matches() {
    assert_eq!(trial().run::<FilterPrefix>(&by_rows("keep", "empty_fail")).ids(), ["texas"]);
    assert_eq!(trial().run::<FilterPrefix>(&by_rows("drop", "empty_fail")).ids(), ["britain"]);
}

#[test]
fn a_carrier_whose_rows_do_not_hold_has_none() {
    assert_eq!(trial().run::<FilterPrefix>(&by_rows("keep", "empty_ok")).ids(), ["texas", "past"]);
    assert_eq!(trial().run::<FilterPrefix>(&by_rows("drop", "empty_ok")).ids(), ["britain", "past"]);
}

#[test]
fn flags_may_serve_as_prefixes_and_have_no_plus() {
    let pool = json!([
        {"id": "a", "flags": ["7", "1512"]}, {"id": "b", "flags": ["1650"]}, {"id": "c", "flags": ["+1512"]},
        {"id": "longer", "flags": ["151255501770"]}, {"id": "whole", "flags": ["15125550177"]},
    ]);
    let parameters = json!({"value_a": "number", "value_b": "resource:flags", "action": "keep"});
    assert_eq!(Trial::of(&pool).calling("+15125550177").run::<FilterPrefix>(&parameters).ids(), ["a", "whole"]);
}

#[test]
fn the_trace_says_what_was_looked_for() {
    let trial = trial();
    let outcome = trial.run::<FilterPrefix>(&by_rows("keep", "empty_fail"));
    assert_eq!(outcome.reason("britain"), Some("lcr have no prefix of +15125550177"));
    assert_eq!(outcome.reason("past"), Some("has no lcr"));
}
