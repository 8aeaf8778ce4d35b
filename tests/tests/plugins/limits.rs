//! Limits, what was used, and what was said.

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_tests::{CALLED, CALLER, Method, Server, ServerOptions, Tenant};

use crate::{chain, routed, upload};

#[tokio::test]
async fn limits_that_are_set_hold_from_the_next_call_on() {
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", 5060).await;
    upload(&tenant, "mine", "1", crate::component("get_resources")).await;
    let _ = chain(&tenant, json!([{"mine": {}}])).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["a"]));
    let set = async |limits: Value| tenant.v2(Method::PUT, "/plugins/mine/limits", json!({"data": limits})).await;
    let tight = set(json!({"select_fuel": 1})).await.with_status(200);
    assert_eq!(tight.data()["limits"]["select_fuel"], 1);
    let question = json!({"data": {"To-DID": CALLED, "Outbound-Caller-ID-Number": CALLER}});
    let answer = tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200);
    assert_eq!(answer.data()["error"]["kind"], "fuel", "{}", answer.text);
    let used = tenant.v2(Method::GET, "/plugins/mine/usage", Value::Null).await.with_status(200);
    let total = &used.data()["versions"][0]["total"];
    assert!(total["calls"].as_u64() >= Some(2) && total["faults"]["fuel"].as_u64() >= Some(1), "{}", used.text);
    let _ = set(json!({})).await.with_status(200);
    let read = tenant.v2(Method::GET, "/plugins/mine/limits", Value::Null).await.with_status(200);
    assert_eq!((&read.data()["set"], &read.data()["limits"]), (&json!({}), &read.data()["defaults"]));
}

#[tokio::test]
async fn an_account_cannot_raise_its_limits_and_is_told_the_most() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", crate::component("order")).await;
    let asked = json!({"data": {"select_ms": 1_000, "speed": 1}});
    let refused = tenant.v2(Method::PUT, "/plugins/mine/limits", asked).await.with_status(400);
    assert_eq!(refused.data()["select_ms"]["maximum"]["target"], 10, "{}", refused.text);
    assert!(refused.data()["speed"]["unknown"].is_object(), "{}", refused.text);
}

#[tokio::test]
async fn what_an_account_uses_is_shown_with_what_it_may_use() {
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", 5060).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}])).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["a"]));
    let used = tenant.v2(Method::GET, "/plugins/usage", Value::Null).await.with_status(200);
    let data = used.data();
    assert!(data["instances"].as_u64() >= Some(1) && data["fuel"].as_u64() > Some(0), "{}", used.text);
    assert_eq!((&data["rejected"], &data["limits"]["instances"]), (&json!(0), &json!(500)));
}

#[tokio::test]
async fn a_log_is_read_by_whose_plugin_it_is_and_followed_as_events() {
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", 5060).await;
    upload(&tenant, "mine", "1", &selector(Misdeed::LogStorm)).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}, {"mine": {}}])).await.with_status(200);
    routed(&tenant).await;
    let read = tenant.v2(Method::GET, "/plugins/mine/log?limit=5", Value::Null).await.with_status(200);
    let lines = read.data().as_array().unwrap();
    assert_eq!(lines.len(), 5);
    let last = lines.last().unwrap();
    assert_eq!((&last["version"], &last["account_id"]), (&json!("1"), &json!(tenant.account.id)));
    assert!(last["message"].as_str().unwrap().contains("left out"), "{last}");
    let _ = tenant.v2(Method::GET, "/plugins/mine/log?level=loud", Value::Null).await.with_status(400);
    let _ = tenant.v2(Method::GET, "/plugins/order/log", Value::Null).await.with_status(404);
    let path = format!("/v2/accounts/{}/plugins/mine/log?follow=true", tenant.account.id);
    let request = tenant.server.request(Method::GET, &path).bearer_auth(&tenant.account.key);
    let mut followed = request.send().await.unwrap();
    assert_eq!(followed.headers()["content-type"], "text/event-stream");
    assert_eq!(followed.chunk().await.unwrap().unwrap(), ": following\n\n");
    let event = followed.chunk().await.unwrap().unwrap();
    assert!(event.starts_with(b"event: line\nid: "), "{event:?}");
}

#[tokio::test]
async fn an_account_uploads_so_often_a_day_and_is_told_when_it_may_again() {
    let args = ["--plugins-uploads-per-day", "1"].map(ToOwned::to_owned).to_vec();
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let tenant = Tenant::on(server, json!([])).await;
    upload(&tenant, "mine", "1", crate::component("order")).await;
    let refused = crate::send(&tenant, "name=mine&version=2", crate::component("order")).await.with_status(429);
    assert!(refused.data()["message"].as_str().unwrap().contains("after midnight UTC"), "{}", refused.text);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    let used = tenant.v2(Method::GET, "/plugins/usage", Value::Null).await.with_status(200);
    assert_eq!((&used.data()["uploads_today"], &used.data()["limits"]["uploads_per_day"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn an_account_is_shown_its_use_of_the_installations_plugins_and_the_operator_that_of_all() {
    let (tenant, other) = (Tenant::new(json!([])).await, Tenant::new(json!([])).await);
    tenant.carrier("a", 5060).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}])).await.with_status(200);
    routed(&tenant).await;
    let used = tenant.v2(Method::GET, "/plugins/get_resources/usage", Value::Null).await.with_status(200);
    let own = used.data()["versions"][0]["total"]["calls"].as_u64();
    assert!(own >= Some(1) && used.data().get("accounts").is_none(), "{}", used.text);
    let none = other.v2(Method::GET, "/plugins/get_resources/usage", Value::Null).await.with_status(200);
    assert_eq!(none.data()["versions"], json!([]), "{}", none.text);
    let all = tenant.server.admin(Method::GET, "/v2/plugins/get_resources/usage", None).await.with_status(200);
    let accounts = all.data()["accounts"].as_array().unwrap();
    let found = accounts.iter().find(|account| account["account_id"] == json!(tenant.account.id)).unwrap();
    assert!(found["calls"].as_u64() >= own, "{}", all.text);
    let _ = tenant.v2(Method::GET, "/plugins/nobody/usage", Value::Null).await.with_status(404);
}

#[tokio::test]
async fn metrics_tell_instances_memory_and_what_was_refused() {
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", 5060).await;
    upload(&tenant, "measured", "1", crate::component("get_resources")).await;
    let _ = chain(&tenant, json!([{"measured": {}}])).await.with_status(200);
    routed(&tenant).await;
    let metrics = tenant.server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for name in ["instances{", "memory_bytes{", "calls_total{", "seconds_bucket{", "rung_total{"] {
        let begin = format!("strowger_plugin_{name}");
        let told =
            |line: &str| line.starts_with(&begin) && line.contains("plugin=\"measured@1\"") && !line.ends_with(" 0");
        assert!(metrics.lines().any(told), "{begin}: {metrics}");
    }
}
