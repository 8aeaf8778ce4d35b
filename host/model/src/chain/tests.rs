use super::*;

fn parsed(rules: &Value) -> Result<Chain, Value> {
    Chain::parse(rules).map_err(|violations| violations.to_data())
}

fn broken(rules: Value) -> Vec<String> {
    let told = parsed(&rules).unwrap_err();
    let rules = told.as_object().unwrap().iter();
    rules.map(|(path, rules)| format!("{path} {}", rules.as_object().unwrap().keys().next().unwrap())).collect()
}

#[test]
fn the_default_chain_is_the_documented_one() {
    let documented = json!([
        {"get_resources": {}},
        {"filter_list": {"value_a": "request:Flags", "value_b": "resource:flags", "action": "keep"}},
        {"filter_regex": {"value_a": "number", "value_b": "resource:rules", "action": "keep", "mode": "empty_fail"}},
        {"filter_regex": {"value_a": "cid_number", "value_b": "resource:cid_rules", "action": "keep", "mode": "empty_ok"}},
        {"order": {"value": "resource:weight_cost", "direction": "ascend"}},
    ]);
    assert_eq!(parsed(&documented).unwrap(), Chain::default_chain());
    assert_eq!(Chain::default_chain().to_rules(), documented);
}

#[test]
fn a_step_may_be_pinned_and_say_what_its_failure_means() {
    let chain = parsed(&json!([
        {"my.filter@1.2.0": {"a": 1}, "on_error": "skip"},
        {"order": {"value": "x", "on_error": "empty"}},
    ]));
    let steps = chain.unwrap().steps;
    assert_eq!((steps[0].module.as_str(), steps[0].version.as_deref()), ("my.filter", Some("1.2.0")));
    assert_eq!((steps[0].on_error, steps[1].on_error), (OnError::Skip, OnError::Empty));
    assert_eq!(steps[1].parameters, json!({"value": "x"}), "the policy is the host's and not a parameter");
}

#[test]
fn a_chain_is_read_as_it_is_written() {
    let rules = json!([{"a@1": {"x": [1]}, "on_error": "skip"}, {"b": {}}]);
    assert_eq!(parsed(&rules).unwrap().to_rules(), rules);
}

#[test]
fn every_broken_step_is_told_with_its_path() {
    let told = broken(json!([
        7,
        {},
        {"on_error": "skip"},
        {"a": {}, "b": {}},
        {"get_resources": []},
        {"a b": {}},
        {"a@": {}},
        {"order": {"on_error": "ignore"}},
        {"order": {}, "on_error": 1},
    ]));
    let expected = [
        "rules.0 type",
        "rules.1 minProperties",
        "rules.2 minProperties",
        "rules.3 maxProperties",
        "rules.4.get_resources type",
        "rules.5.a b wrong_format",
        "rules.6.a@ wrong_format",
        "rules.7.order.on_error enum",
        "rules.8.on_error enum",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_chain_has_bounds() {
    assert_eq!(broken(json!({})), ["rules type"]);
    let steps: Vec<_> = (0..=MAX_STEPS).map(|_| json!({"order": {}})).collect();
    assert_eq!(broken(json!(steps)), ["rules maxItems"]);
    let large = json!([{"order": {"x": "y".repeat(MAX_PARAMETERS)}}]);
    assert_eq!(broken(large), ["rules.0.order maxLength"]);
}

#[test]
fn parameters_are_checked_by_the_modules_schema() {
    let schema = json!({
        "type": "object", "required": ["value_a", "action"], "additionalProperties": false,
        "properties": {"value_a": {"type": "string"}, "action": {"enum": ["keep", "drop"]}},
    });
    let chain = parsed(&json!([{"filter.list": {"action": "sink", "x": 1}}])).unwrap();
    let told = check_parameters(&schema, 3, &chain.steps[0]).unwrap_err().to_data();
    let mut paths: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    paths.sort_unstable();
    let below = "rules.3.filter%2Elist";
    assert_eq!(paths, [format!("{below}.action"), format!("{below}.value_a"), format!("{below}.x")]);
    assert_eq!(told[format!("{below}.action")]["enum"]["target"], json!(["keep", "drop"]));
}

#[test]
fn a_schema_that_is_none_is_told_as_such() {
    let chain = parsed(&json!([{"a": {}}])).unwrap();
    for schema in [json!({"type": 7}), json!({"$ref": "http://example.com/schema.json"})] {
        let told = check_parameters(&schema, 0, &chain.steps[0]).unwrap_err();
        assert_eq!(told.0[0].constraint, "schema");
    }
}
