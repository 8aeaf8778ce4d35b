//! What calls were decided with, by which rung, and what another version or chain would have decided.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant, eventually};

use crate::{chain, component, upload};

/// Places a call whose carriers nobody answers at, and answers its record once it is over.
async fn placed(tenant: &Tenant) -> Value {
    let body = json!({
        "from": strowger_tests::CALLER, "to": {"type": "phone", "number": strowger_tests::CALLED},
        "call_hook": {"url": "http://127.0.0.1:9/"}, "timeout": 1,
    });
    let _ = tenant.v1(Method::POST, "/Calls", body).await;
    eventually("the record of a call that is over", async || {
        let calls = tenant.v1(Method::GET, "/Calls", Value::Null).await.with_status(200).body.clone();
        let call = calls.as_array()?.first()?.clone();
        call["terminated_at"].is_string().then_some(call)
    })
    .await
}

async fn tenant() -> Tenant {
    let tenant = Tenant::new(json!([])).await;
    for (id, weight) in [("a", 50), ("b", 10)] {
        tenant.carrier_with(id, 9, json!({ "weight_cost": weight }), json!({})).await;
    }
    tenant
}

async fn get(tenant: &Tenant, path: &str) -> Value {
    tenant.v2(Method::GET, path, Value::Null).await.with_status(200).data().clone()
}

#[tokio::test]
async fn a_call_whose_plugin_fails_is_answered_by_the_fallback_and_says_so_everywhere() {
    let tenant = tenant().await;
    upload(&tenant, "mine", "1", strowger_hostile::SELECTOR).await;
    let rules = json!([
        {"get_resources": {}},
        {"mine": {"misdeed": "trap"}, "fallback": "order", "fallback_parameters": {"value": "resource:weight_cost"}},
    ]);
    let _ = chain(&tenant, rules).await.with_status(200);
    let call = placed(&tenant).await;
    let step = &call["routing"][1];
    assert_eq!((&step["module"], &step["rung"]), (&json!("mine"), &json!("fallback")), "{call}");
    assert!(step["error"].as_str().unwrap().contains("trapped"), "{call}");
    let sid = call["call_sid"].as_str().unwrap();
    let told = get(&tenant, &format!("/calls/{sid}/routing")).await;
    assert_eq!((&told["explained"], &told["carriers"][0]["id"]), (&json!(true), &json!("b")), "{told}");
    assert_eq!(
        (&told["steps"][1]["rung"], &told["steps"][1]["tried"][0]["kind"]),
        (&json!("fallback"), &json!("trap"))
    );
    let twin =
        tenant.v1(Method::GET, &format!("/Calls/{sid}/routing"), Value::Null).await.with_status(200).body.clone();
    assert_eq!((&twin["id"], &twin["call"]), (&told["id"], &json!(sid)));
    let metrics = tenant.server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let counted = |line: &str| line.starts_with("strowger_plugin_rung_total{") && line.contains("rung=\"fallback\"");
    assert!(metrics.lines().any(counted), "{metrics}");
}

#[tokio::test]
async fn decisions_are_listed_newest_first_and_by_call() {
    let tenant = tenant().await;
    let call = placed(&tenant).await;
    let listed = get(&tenant, "/decisions").await;
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!((&listed[0]["call"], &listed[0]["number"]), (&call["call_sid"], &json!(strowger_tests::CALLED)));
    let path = format!("/decisions?call={}", call["call_sid"].as_str().unwrap());
    assert_eq!(get(&tenant, &path).await, listed);
    assert_eq!(get(&tenant, "/decisions?number=%2B1").await, json!([]));
    let _ = tenant
        .v2(Method::GET, "/calls/0e0681b0-d49f-4fb8-b973-b5a3c6758de1/routing", Value::Null)
        .await
        .with_status(404);
}

#[tokio::test]
async fn a_version_is_tried_on_the_last_decisions_before_it_is_made_active() {
    let tenant = tenant().await;
    upload(&tenant, "mine", "1", component("get_resources")).await;
    upload(&tenant, "mine", "2", component("null")).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}, {"mine": {}}])).await.with_status(200);
    let _ = placed(&tenant).await;
    let replay = async |version: &str| {
        let path = format!("/plugins/mine/versions/{version}/replay");
        tenant.v2(Method::POST, &path, json!({"data": {"count": 10}})).await
    };
    let same = replay("1").await.with_status(200).data().clone();
    assert_eq!((&same["compared"], &same["same"], &same["different"]), (&json!(1), &json!(1), &json!(0)), "{same}");
    let other = replay("2").await.with_status(200).data().clone();
    assert_eq!((&other["different"], &other["differences"][0]["after"]), (&json!(1), &json!([])), "{other}");
    assert!(other["differences"][0]["reasons"][0].as_str().unwrap().contains("mine@2"), "{other}");
    let _ = replay("3").await.with_status(404);
    let rules = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost"}}]);
    let body = json!({"data": {"rules": rules, "count": 1}});
    let ordered = tenant.v2(Method::POST, "/resource_selectors/replay", body).await.with_status(200).data().clone();
    assert_eq!(ordered["differences"][0]["after"], json!(["b", "a"]), "{ordered}");
    let none = tenant.v2(Method::POST, "/resource_selectors/replay", json!({"data": {"count": 0, "rules": []}})).await;
    assert!(none.with_status(400).data()["count"].is_object());
}
