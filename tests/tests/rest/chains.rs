//! Chains are checked when they are saved.

use serde_json::{Value, json};
use strowger_tests::Method;

use crate::{ROUTE, question, routed, tenant};

const RULES: &str = "/resource_selectors/rules";

#[tokio::test]
async fn a_chain_that_cannot_run_is_not_saved_and_its_fault_is_named_by_its_path() {
    let tenant = tenant().await;
    for (rules, path, rule) in [
        (json!([{"get_resources": {}}, {"no_such_module": {}}]), "rules.1.no_such_module", "enum"),
        (json!([{"formatter": {}}]), "rules.0.formatter", "type"),
        (json!([{"order": {"value": "resource:weight_cost", "direction": "up"}}]), "rules.0.order.direction", "enum"),
        (
            json!([{"filter_regex": {"value_a": 7, "value_b": "resource:rules", "action": "keep"}}]),
            "rules.0.filter_regex.value_a",
            "type",
        ),
        (json!([{"order": {}, "get_resources": {}}]), "rules.0", "maxProperties"),
        (json!([{"order": {"value": "resource:weight_cost"}, "on_error": "ignore"}]), "rules.0.on_error", "enum"),
        (json!("get_resources"), "rules", "type"),
    ] {
        let refused = tenant.v2(Method::POST, RULES, json!({"data": {"rules": rules}})).await.with_status(400);
        assert!(refused.data()[path][rule].is_object(), "{rules}: {}", refused.text);
    }
    let _ = tenant.v2(Method::GET, RULES, Value::Null).await.with_status(404);
}

#[tokio::test]
async fn an_unknown_module_is_told_with_those_that_are_known() {
    let tenant = tenant().await;
    let body = json!({"data": {"rules": [{"no_such_module": {}}]}});
    let refused = tenant.v2(Method::POST, RULES, body).await.with_status(400);
    let known = refused.data()["rules.0.no_such_module"]["enum"]["target"].as_array().cloned().unwrap_or_default();
    for module in ["get_resources", "filter_list", "filter_regex", "filter_prefix", "order", "classic"] {
        assert!(known.contains(&json!(module)), "{module}: {}", refused.text);
    }
}

#[tokio::test]
async fn a_saved_chain_routes_and_is_read_back_as_it_was_written() {
    let tenant = tenant().await;
    tenant.carrier_with("a", 5060, json!({"weight_cost": 10}), json!({})).await;
    tenant.carrier_with("b", 5060, json!({"weight_cost": 20}), json!({})).await;
    let rules = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let saved = tenant.v2(Method::POST, RULES, json!({"data": {"rules": rules}})).await.with_status(200);
    let read = tenant.v2(Method::GET, RULES, Value::Null).await.with_status(200);
    assert_eq!((&read.data()["rules"], read.data()), (&rules, saved.data()));
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
}

#[tokio::test]
async fn the_modules_are_listed_with_the_schemas_of_their_parameters() {
    let tenant = tenant().await;
    let key = Some(tenant.account.key.as_str());
    let listed = tenant.server.send(Method::GET, "/v2/resource_selectors/modules", key, None).await.with_status(200);
    let modules = listed.data().as_array().unwrap();
    let order = modules.iter().find(|module| module["name"] == "order").expect("the module order");
    assert_eq!((&order["kind"], &order["parameters"]["type"]), (&json!("selector"), &json!("object")));
    assert!(order["version"].is_string() && order["digest"].as_str().is_some_and(|digest| digest.len() == 64));
}

#[tokio::test]
async fn a_step_that_fails_does_what_the_chain_says() {
    let tenant = tenant().await;
    tenant.carrier("a", 5060).await;
    let broken = json!({"value_a": "number", "value_b": "resource:rules", "action": "no-such-action"});
    for (on_error, resources, fails) in
        [("fail", json!([]), true), ("skip", json!(["a"]), false), ("empty", json!([]), false)]
    {
        let rules = json!([{"get_resources": {}}, {"filter_regex": broken, "on_error": on_error}]);
        let body = question(json!({ "rules": rules }));
        let route = tenant.v2(Method::POST, ROUTE, body).await.with_status(200);
        assert_eq!(route.data()["resources"], resources, "{on_error}: {}", route.text);
        assert_eq!(route.data()["error"].is_object(), fails, "{on_error}: {}", route.text);
        assert!(route.data()["trace"][1]["error"].is_string(), "{on_error}: {}", route.text);
    }
}

/// Whether the account could save a chain of this one step; the violations by their paths where not.
async fn refused(tenant: &strowger_tests::Tenant, module: &str, parameters: &Value) -> Option<Value> {
    let rules = json!([{module: parameters}]);
    let answer = tenant.v2(Method::POST, RULES, json!({"data": {"rules": rules}})).await;
    match answer.status.as_u16() {
        200 => None,
        400 => Some(answer.data().clone()),
        other => panic!("{module} {parameters}: {other} {}", answer.text),
    }
}

#[tokio::test]
async fn the_schema_of_each_module_takes_what_is_documented() {
    let tenant = tenant().await;
    let filter =
        |value_a: &str, value_b: &str, action: &str| json!({"value_a": value_a, "value_b": value_b, "action": action});
    let with = |mut parameters: Value, mode: &str| {
        parameters["mode"] = json!(mode);
        parameters
    };
    let flags = || filter("request:Flags", "resource:flags", "keep");
    let mut steps = vec![
        ("get_resources", json!({})),
        ("null", json!({})),
        ("classic", json!({})),
        ("filter_list", flags()),
        ("filter_list", filter("service_plans", "database:plans", "drop")),
        ("filter_regex", with(filter("number", "resource:rules", "keep"), "empty_fail")),
        ("filter_regex", with(filter("cid_number", "resource:cid_rules", "drop"), "empty_ok")),
        ("filter_regex", filter("request:Outbound-Caller-ID-Name", "database:names", "keep")),
        ("filter_prefix", with(filter("number", "database:lcr", "keep"), "empty_ok")),
        ("filter_prefix", filter("cid_number", "resource:flags", "drop")),
        ("order", json!({"value": "resource:weight_cost"})),
        ("order", json!({"value": "database:lcr", "direction": "descend"})),
    ];
    let modes = ["exact", "subset", "ne_subset", "ne_subset_or_exact", "intersect", "disjoint"];
    steps.extend(modes.map(|mode| ("filter_list", with(flags(), mode))));
    for (module, parameters) in steps {
        assert_eq!(refused(&tenant, module, &parameters).await, None, "{module} {parameters}");
    }
}

#[tokio::test]
async fn the_schema_of_each_module_refuses_everything_else_and_names_it() {
    let tenant = tenant().await;
    let filter = |value_a: &str, value_b: &str| json!({"value_a": value_a, "value_b": value_b, "action": "keep"});
    let extra = |mut parameters: Value, key: &str, value: Value| {
        parameters[key] = value;
        parameters
    };
    let flags = || filter("request:Flags", "resource:flags");
    for (module, parameters, path, rule) in [
        ("get_resources", json!({"from": "global"}), "", "additionalProperties"),
        ("classic", json!({"flags": []}), "", "additionalProperties"),
        ("null", json!({"all": true}), "", "additionalProperties"),
        ("filter_list", json!({}), ".action", "required"),
        ("filter_list", json!({"value_b": "resource:flags", "action": "keep"}), ".value_a", "required"),
        ("filter_list", extra(flags(), "action", json!("sink")), ".action", "enum"),
        ("filter_list", extra(flags(), "action", json!(true)), ".action", "type"),
        ("filter_list", extra(flags(), "mode", json!("empty_ok")), ".mode", "enum"),
        ("filter_list", extra(flags(), "vlaue", json!("x")), ".vlaue", "additionalProperties"),
        ("filter_list", filter("number", "resource:flags"), ".value_a", "pattern"),
        ("filter_list", filter("request:", "resource:flags"), ".value_a", "pattern"),
        ("filter_list", filter("request:Flags", "resource:name"), ".value_b", "pattern"),
        ("filter_list", filter("request:Flags", "database:"), ".value_b", "pattern"),
        ("filter_regex", filter("service_plans", "resource:rules"), ".value_a", "pattern"),
        ("filter_regex", filter("number", "resource:weight_cost"), ".value_b", "pattern"),
        ("filter_regex", extra(filter("number", "resource:rules"), "mode", json!("exact")), ".mode", "enum"),
        ("filter_regex", extra(flags(), "value_b", json!(["resource:rules"])), ".value_b", "type"),
        ("filter_prefix", filter("prefix:number", "database:lcr"), ".value_a", "pattern"),
        ("filter_prefix", filter("number", "resource:rules"), ".value_b", "pattern"),
        ("filter_prefix", filter("number", &format!("database:{}", "x".repeat(256))), ".value_b", "maxLength"),
        ("order", json!({}), ".value", "required"),
        ("order", json!({"value": "request:Flags"}), ".value", "pattern"),
        ("order", json!({"value": "resource:weight_cost", "direction": "down"}), ".direction", "enum"),
        ("order", json!({"value": "resource:weight_cost", "direction": 1}), ".direction", "type"),
        ("order", json!([]), "", "type"),
    ] {
        let told = refused(&tenant, module, &parameters).await.unwrap_or_default();
        assert!(told[format!("rules.0.{module}{path}")][rule].is_object(), "{module} {parameters}: {told}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_chain_is_told_at_once() {
    let tenant = tenant().await;
    let rules = json!([
        {"get_resources": {}},
        {"nope": {}},
        {"order": {}, "classic": {}},
        {"filter_list": {"value_a": 1, "action": "sink", "x.y": 2}},
        {"order": {"value": "resource:weight_cost"}, "on_error": "ignore"},
        5,
    ]);
    let told = tenant.v2(Method::POST, RULES, json!({"data": {"rules": rules}})).await.with_status(400);
    let mut paths: Vec<&str> = told.data().as_object().unwrap().keys().map(String::as_str).collect();
    paths.sort_unstable();
    let expected = [
        "rules.1.nope",
        "rules.2",
        "rules.3.filter_list.action",
        "rules.3.filter_list.value_a",
        "rules.3.filter_list.value_b",
        "rules.3.filter_list.x%2Ey",
        "rules.4.on_error",
        "rules.5",
    ];
    assert_eq!(paths, expected, "{}", told.text);
    let endless: Value = (0..65).map(|_| json!({"null": {}})).collect();
    let told = tenant.v2(Method::POST, RULES, json!({"data": {"rules": endless}})).await.with_status(400);
    assert_eq!(told.data()["rules"]["maxItems"]["target"], json!(64), "{}", told.text);
}

#[tokio::test]
async fn a_chain_that_is_taken_away_gives_way_to_that_of_the_level_above() {
    let tenant = tenant().await;
    tenant.carrier_with("a", 5060, json!({"weight_cost": 10}), json!({})).await;
    tenant.carrier_with("b", 5060, json!({"weight_cost": 20}), json!({})).await;
    let rules = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let _ = tenant.v2(Method::POST, RULES, json!({"data": {"rules": rules}})).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
    let removed = tenant.v2(Method::DELETE, RULES, Value::Null).await.with_status(200);
    assert_eq!((&removed.data()["rules"], &removed.data()["_read_only"]["deleted"]), (&rules, &json!(true)));
    assert_eq!(routed(&tenant).await, json!(["a", "b"]));
    for method in [Method::GET, Method::DELETE] {
        let _ = tenant.v2(method, RULES, Value::Null).await.with_status(404);
    }
}
