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
