//! Dry runs: what a call would do and why, decided by the code that decides calls.

use serde_json::{Value, json};
use strowger_tests::{Method, Server, Tenant};

use crate::{ROUTE, carrier, question, routed, tenant};

#[tokio::test]
async fn every_dropped_carrier_is_told_with_its_reason() {
    let tenant = tenant().await;
    tenant.carrier("a", 5060).await;
    tenant.carrier_with("b", 5060, json!({"rules": ["^\\+44"]}), json!({})).await;
    tenant.carrier_with("c", 5060, json!({"enabled": false}), json!({})).await;
    let route = tenant.v2(Method::POST, ROUTE, question(json!({}))).await.with_status(200);
    assert_eq!(route.data()["resources"], json!(["a"]));
    assert_eq!(route.data()["endpoints"][0]["route"], "sip:5125550177@127.0.0.1");
    let trace = route.data()["trace"].as_array().unwrap();
    let modules: Vec<&Value> = trace.iter().map(|step| &step["module"]).collect();
    assert_eq!(modules, ["get_resources", "filter_list", "filter_regex", "filter_regex", "order"]);
    let dropped: Vec<&Value> = trace.iter().flat_map(|step| step["dropped"].as_array().unwrap()).collect();
    let reason = |id: &str| {
        let carrier = dropped.iter().find(|dropped| dropped["id"] == id);
        carrier.and_then(|carrier| carrier["reason"].as_str()).filter(|reason| !reason.is_empty())
    };
    assert!(reason("b").is_some(), "{}", route.text);
    for step in trace {
        assert!(step["micros"].is_u64() && step["fuel"].is_u64(), "{step}");
    }
}

#[tokio::test]
async fn a_number_is_routed_in_its_international_form() {
    let tenant = tenant().await;
    tenant.carrier("a", 5060).await;
    for number in ["5125550177", "15125550177", "+15125550177"] {
        let route = tenant.v2(Method::POST, ROUTE, question(json!({ "To-DID": number }))).await.with_status(200);
        assert_eq!(route.data()["resources"], json!(["a"]), "{number}");
    }
}

#[tokio::test]
async fn flags_choose_carriers() {
    let tenant = tenant().await;
    tenant.carrier_with("gold", 5060, json!({"flags": ["gold"]}), json!({})).await;
    tenant.carrier_with("plain", 5060, json!({}), json!({})).await;
    let flagged = async |flags: Value| {
        let asked = question(json!({"Flags": flags, "route_by": "resources"}));
        tenant.v2(Method::POST, ROUTE, asked).await.with_status(200).data()["resources"].clone()
    };
    assert_eq!(flagged(json!(["gold"])).await, json!(["gold"]));
    assert_eq!(flagged(json!([])).await, json!(["gold", "plain"]));
}

#[tokio::test]
async fn a_number_is_classified_and_shown_in_its_forms() {
    let tenant = tenant().await;
    let path = "/phone_numbers/classifiers/+18005550100";
    let told = tenant.v2(Method::GET, path, Value::Null).await.with_status(200);
    assert_eq!((&told.data()["classifier"], &told.data()["npan"]), (&json!("tollfree_us"), &json!("8005550100")));
    let long = format!("/phone_numbers/classifiers/{}", "1".repeat(200));
    let _ = tenant.v2(Method::GET, &long, Value::Null).await.with_status(400);
}

#[tokio::test]
async fn a_request_is_formatted_by_the_code_that_formats_calls() {
    let tenant = tenant().await;
    let data = json!({
        "direction": "outbound",
        "request": {"Caller-ID-Number": "+12025550100", "To-DID": "+15125550177"},
        "formatters": {"caller_id_number": [{"regex": "^\\+1(\\d{10})$", "prefix": "1"}]},
    });
    let told = tenant.v2(Method::POST, "/resources/format", json!({ "data": data })).await.with_status(200);
    assert_eq!(told.data(), &json!({"Caller-ID-Number": "12025550100", "To-DID": "+15125550177"}));
}

#[tokio::test]
async fn an_administrator_routes_over_the_installations_carriers_and_so_does_an_account_without_its_own() {
    let tenant = Tenant::on(Server::start().await, json!([])).await;
    let global = json!({"data": carrier("global")});
    let _ = tenant.server.admin(Method::PUT, "/v2/resources", Some(&global)).await.with_status(201);
    let asked = question(json!({}));
    let route = tenant.server.admin(Method::POST, "/v2/resource_selectors/route", Some(&asked)).await.with_status(200);
    assert_eq!(route.data()["resources"], json!(["global"]));
    assert_eq!(routed(&tenant).await, json!(["global"]));
    tenant.carrier("own", 5060).await;
    assert_eq!(routed(&tenant).await, json!(["own"]));
    assert_eq!(tenant.v2(Method::GET, "/resources", Value::Null).await.data()[0]["id"], "own");
}
