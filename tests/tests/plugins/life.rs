//! From upload to deletion.

use serde_json::{Value, json};
use strowger_tests::{Answer, Method, Tenant};

use crate::{PLUGINS, carriers, chain, change, component, judged, routed, send, upload};

#[tokio::test]
async fn an_uploaded_selector_is_judged_named_and_used_at_the_next_call() {
    let tenant = Tenant::new(json!([])).await;
    carriers(&tenant).await;
    let sent = send(&tenant, "name=mine&version=1", component("order")).await.with_status(202);
    assert_eq!(sent.header("location"), format!("/v2/accounts/{}/plugins/mine/versions/1", tenant.account.id));
    let version = judged(&tenant, "mine", "1").await;
    let verdict = &version["verdict"];
    assert_eq!((&version["status"], &verdict["kind"]), (&json!("accepted"), &json!("selector")), "{version}");
    assert_eq!(verdict["world"], "strowger:plugin/selector-plugin@0.1.0");
    assert!(verdict["trial"]["fuel"].as_u64() > Some(0) && verdict["code_bytes"].as_u64() > Some(0), "{verdict}");
    let rules = json!([{"get_resources": {}}, {"mine": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let _ = chain(&tenant, rules).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
}

#[tokio::test]
async fn the_active_version_moves_and_moves_back() {
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", 5060).await;
    upload(&tenant, "mine", "1", component("get_resources")).await;
    upload(&tenant, "mine", "2", component("null")).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}, {"mine": {}}])).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["a"]));
    let changed = change(&tenant, "mine", json!({"active": "2"})).await.with_status(200);
    assert_eq!((&changed.data()["active"], &changed.data()["history"]), (&json!("2"), &json!(["1"])));
    assert_eq!(routed(&tenant).await, json!([]));
    let back = tenant.v2(Method::POST, "/plugins/mine/rollback", Value::Null).await.with_status(200);
    assert_eq!(back.data()["active"], "1");
    assert_eq!(routed(&tenant).await, json!(["a"]));
    let _ = tenant.v2(Method::POST, "/plugins/mine/rollback", Value::Null).await.with_status(409);
}

#[tokio::test]
async fn what_was_uploaded_can_be_downloaded_and_what_is_named_stays() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", component("get_resources")).await;
    let path = format!("/v2/accounts/{}/plugins/mine/versions/1/component", tenant.account.id);
    let response = tenant.server.request(Method::GET, &path).bearer_auth(&tenant.account.key).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/wasm");
    assert_eq!(response.bytes().await.unwrap(), component("get_resources"));
    let _ = chain(&tenant, json!([{"mine": {}}])).await.with_status(200);
    let delete = async |path: &str| -> Answer { tenant.v2(Method::DELETE, path, Value::Null).await };
    let refused = delete("/plugins/mine").await.with_status(409);
    assert!(refused.data()["message"].as_str().unwrap().contains("named by the chain"), "{}", refused.text);
    let _ = chain(&tenant, json!([{"get_resources": {}}])).await.with_status(200);
    let deleted = delete("/plugins/mine").await.with_status(200);
    assert_eq!(deleted.data()["_read_only"]["deleted"], true);
    let _ = tenant.v2(Method::GET, "/plugins/mine", Value::Null).await.with_status(404);
    assert_eq!(tenant.v2(Method::GET, PLUGINS, Value::Null).await.with_status(200).data(), &json!([]));
}

#[tokio::test]
async fn the_list_shows_what_is_ones_own_and_what_may_be_named() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", component("order")).await;
    let names = async |query: &str| -> Vec<String> {
        let listed = tenant.v2(Method::GET, &format!("{PLUGINS}{query}"), Value::Null).await.with_status(200);
        let rows = listed.data().as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["mine"]);
    let usable = names("?usable=true").await;
    assert!(
        ["mine", "order", "http-webhook"].iter().all(|name| usable.iter().any(|known| known == name)),
        "{usable:?}"
    );
}
