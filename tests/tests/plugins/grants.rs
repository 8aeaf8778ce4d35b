//! Capabilities, granted by whoever administers the account.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

use crate::{change, component, send, upload};

#[tokio::test]
async fn a_version_that_asks_for_more_stays_inactive_until_it_is_granted() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "hook", "1", component("greeter")).await;
    let _ = send(&tenant, "name=hook&version=2&activate=true", component("http-webhook")).await.with_status(202);
    let version = crate::judged(&tenant, "hook", "2").await;
    assert_eq!(version["missing_grants"], json!(["http"]), "{version}");
    let plugin = async || tenant.v2(Method::GET, "/plugins/hook", Value::Null).await.with_status(200).data().clone();
    let before = plugin().await;
    assert_eq!((&before["active"], &before["pending"]), (&json!("1"), &json!("2")), "{before}");
    let refused = change(&tenant, "hook", json!({"active": "2"})).await.with_status(409);
    assert!(refused.data()["message"].as_str().unwrap().contains("asks for http"), "{}", refused.text);
    let granted = change(&tenant, "hook", json!({"grants": {"http": {"hosts": ["api.example.com"]}}})).await;
    let granted = granted.with_status(200).data().clone();
    assert_eq!((&granted["active"], &granted["pending"]), (&json!("2"), &Value::Null), "{granted}");
    let revoked = change(&tenant, "hook", json!({"grants": {"http": null}})).await.with_status(200).data().clone();
    assert_eq!((&revoked["grants"], &revoked["usable"]), (&json!({}), &json!(false)), "{revoked}");
}

#[tokio::test]
async fn a_grant_that_is_none_is_told_by_its_field() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "hook", "1", component("greeter")).await;
    for (grants, field) in [
        (json!({"http": {"hosts": "all"}}), "grants.http.hosts"),
        (json!({"sockets": {}}), "grants.sockets"),
        (json!({"kv": {"bytes": -1}}), "grants.kv.bytes"),
    ] {
        let refused = change(&tenant, "hook", json!({ "grants": grants })).await.with_status(400);
        assert!(refused.data()[field].is_object(), "{field}: {}", refused.text);
    }
}
