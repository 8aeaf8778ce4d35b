//! Bad input is refused with the field and the rule, all of it at once.

use serde_json::{Value, json};
use strowger_tests::{Answer, Method};

use crate::{carrier, tenant};

/// The broken rules that a `/v2` refusal tells, as `path rule`.
fn told(answer: &Answer) -> Vec<String> {
    let fields = answer.data().as_object().expect("a validation error has an object");
    let rules = |rules: &Value| rules.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut told: Vec<String> =
        fields.iter().flat_map(|(path, of)| rules(of).into_iter().map(move |rule| format!("{path} {rule}"))).collect();
    told.sort();
    told
}

#[tokio::test]
async fn a_carrier_is_told_everything_that_is_wrong_with_it() {
    let tenant = tenant().await;
    let data = json!({
        "weight_cost": 101, "grace_period": "soon", "rules": ["(?=1)", "^ok$", "("],
        "gateways": [{"server": ""}, {"server": "a\r\nX-Evil: 1"}, {"server": "b", "port": 70_000}],
        "formatters": {"from": {"regex": "(1)\\1"}},
    });
    let refused = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(400);
    assert_eq!(refused.body["message"], "validation error");
    assert_eq!(
        told(&refused),
        [
            "formatters.from.regex wrong_format",
            "gateways.0.server minLength",
            "gateways.1.server wrong_format",
            "gateways.2.port maximum",
            "grace_period type",
            "name required",
            "rules.0 wrong_format",
            "rules.2 wrong_format",
            "weight_cost maximum",
        ]
    );
    assert_eq!(tenant.v2(Method::GET, "/resources", Value::Null).await.data(), &json!([]));
}

#[tokio::test]
async fn texts_that_are_numbers_and_booleans_are_taken_as_such() {
    let tenant = tenant().await;
    let mut data = carrier("a");
    data["weight_cost"] = json!("7");
    data["enabled"] = json!("false");
    let created = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    assert_eq!((&created.data()["weight_cost"], &created.data()["enabled"]), (&json!(7), &json!(false)));
}

#[tokio::test]
async fn a_question_to_the_router_is_checked() {
    let tenant = tenant().await;
    for (data, expected) in [
        (json!({}), "To-DID required"),
        (json!({"To-DID": ""}), "To-DID minLength"),
        (json!({"To-DID": 5}), "To-DID type"),
        (json!({"To-DID": "1", "route_by": "magic"}), "route_by enum"),
        (json!({"To-DID": "1", "rules": {}}), "rules type"),
        (json!({"To-DID": "1", "rules": [{"nope": {}}]}), "rules.0.nope enum"),
        (json!({"To-DID": "x".repeat(300)}), "To-DID wrong_format"),
    ] {
        let body = json!({ "data": data });
        let refused = tenant.v2(Method::POST, "/resource_selectors/route", body).await.with_status(400);
        assert_eq!(told(&refused), [expected], "{data}");
    }
}

#[tokio::test]
async fn a_question_to_the_formatter_is_checked() {
    let tenant = tenant().await;
    let refused =
        tenant.v2(Method::POST, "/resources/format", json!({"data": {"direction": "up"}})).await.with_status(400);
    assert_eq!(told(&refused), ["direction enum", "formatters required", "request required"]);
}

#[tokio::test]
async fn rows_are_checked_by_their_place_and_loaded_all_or_none() {
    let tenant = tenant().await;
    let rows = json!([
        {"name": "lcr", "selector": "1", "resource": "a"},
        {"name": "lcr", "selector": 7, "resource": "a"},
        "row",
    ]);
    let refused = tenant.v2(Method::PUT, "/resource_selectors/rows", json!({ "data": rows })).await.with_status(400);
    assert_eq!(told(&refused), ["1.selector type", "2 type"]);
    let empty = tenant.v2(Method::PUT, "/resource_selectors/rows", json!({"data": []})).await.with_status(400);
    assert_eq!(told(&empty), ["data minItems"]);
}

#[tokio::test]
async fn a_call_is_checked_in_the_documented_words() {
    let tenant = tenant().await;
    for (fields, status, message) in [
        (json!({"from": null}), 400, "missing from parameter"),
        (json!({"to": null}), 400, "missing or invalid to property: undefined"),
        (json!({"to": {"type": "phone"}}), 400, r#"missing or invalid to property: {"type":"phone"}"#),
        (json!({"call_hook": null}), 400, "either call_hook or application_sid required"),
        (json!({"call_hook": "/relative"}), 400, "call_hook url be an absolute url"),
        (json!({"call_hook": "ws://"}), 400, "call_hook url be an absolute url"),
        (json!({"application_sid": "x"}), 400, "invalid application_sid"),
        (json!({"timeout": 0}), 400, "timeout must be a whole number of seconds from 1 to 600"),
        (json!({"timeOut": 5}), 400, "unknown property timeOut"),
        (json!({"app_json": "[{\"verb\": \"paws\"}]"}), 400, "app_json: invalid instruction: paws"),
        (json!({"to": {"type": "user", "name": "bob"}}), 422, "to.type user is not built"),
    ] {
        let refused = tenant.v1(Method::POST, "/Calls", tenant.call_body(fields.clone())).await.with_status(status);
        assert_eq!(refused.body["msg"], message, "{fields}");
    }
    for fields in
        [json!({"headers": {"X-A": "1\r\nVia: x"}}), json!({"headers": {"Via": "x"}}), json!({"from": "a\r\nb"})]
    {
        let _ = tenant.v1(Method::POST, "/Calls", tenant.call_body(fields)).await.with_status(400);
    }
    assert_eq!(tenant.v1(Method::GET, "/Calls", Value::Null).await.body, json!([]), "a call that was refused is none");
}

#[tokio::test]
async fn an_application_and_a_key_are_checked() {
    let tenant = tenant().await;
    let refused = tenant.v1(Method::POST, "/Applications", json!({"name": "x"})).await.with_status(400);
    assert!(refused.body["msg"].as_str().is_some_and(|told| told.contains("call_hook")), "{}", refused.text);
    let unknown = json!({"account_sid": "11111111-2222-4333-8444-555555555555"});
    let refused = tenant.server.admin(Method::POST, "/v1/ApiKeys", Some(&unknown)).await.with_status(400);
    assert_eq!(refused.body["msg"], "account not found for sid 11111111-2222-4333-8444-555555555555");
    let unknown = json!({"name": "x", "service_provider_sid": "11111111-2222-4333-8444-555555555555"});
    let refused = tenant.server.admin(Method::POST, "/v1/Accounts", Some(&unknown)).await.with_status(400);
    assert_eq!(refused.body["msg"], "service_provider not found for sid 11111111-2222-4333-8444-555555555555");
}
