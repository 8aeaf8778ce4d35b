//! What is refused, at once or by its verdict: each with the rule that it breaks and what can be done.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

use crate::{PLUGINS, chain, change, component, send, upload};

#[tokio::test]
async fn what_is_no_component_is_refused_at_once() {
    let tenant = Tenant::new(json!([])).await;
    for (bytes, rule) in [(&b"\0asm\x01\0\0\0"[..], "core_module"), (b"hello, world", "valid"), (b"", "valid")] {
        let refused = send(&tenant, "name=mine&version=1", bytes).await.with_status(400);
        let told = &refused.data()["component"][rule];
        assert!(told["message"].is_string() && told["mend"].is_string(), "{rule}: {}", refused.text);
    }
    assert_eq!(tenant.v2(Method::GET, PLUGINS, Value::Null).await.data(), &json!([]));
}

#[tokio::test]
async fn a_request_says_which_plugin_and_brings_a_component() {
    let tenant = Tenant::new(json!([])).await;
    let refused = send(&tenant, "activate=maybe", component("order")).await.with_status(400);
    for field in ["name", "version", "activate"] {
        assert!(refused.data()[field].is_object(), "{field}: {}", refused.text);
    }
    let refused = send(&tenant, "name=a%2Fb&version=1", component("order")).await.with_status(400);
    assert!(refused.data()["name"]["wrong_format"].is_object(), "{}", refused.text);
    let refused = send(&tenant, "name=order&version=9", component("order")).await.with_status(400);
    assert!(refused.data()["name"]["reserved"].is_object(), "{}", refused.text);
    let refused = tenant.v2(Method::POST, "/plugins?name=mine&version=1", json!({"data": {}})).await.with_status(400);
    assert!(refused.data()["content-type"]["enum"].is_object(), "{}", refused.text);
}

#[tokio::test]
async fn the_verdict_names_the_rule_and_the_way_out() {
    let tenant = Tenant::new(json!([])).await;
    let empty = upload(&tenant, "mine", "1", b"\0asm\x0d\0\x01\0").await;
    assert_eq!((&empty["status"], &empty["verdict"]["faults"][0]["rule"]), (&json!("refused"), &json!("world")));
    let garbage = [b"\0asm\x0d\0\x01\0".as_slice(), &[0xff; 1_000]].concat();
    let refused = upload(&tenant, "mine", "2", &garbage).await;
    let fault = &refused["verdict"]["faults"][0];
    assert_eq!((&refused["status"], &fault["rule"]), (&json!("refused"), &json!("valid")), "{refused}");
    assert!(fault["mend"].is_string());
    let cut = component("order");
    let refused = upload(&tenant, "mine", "3", &cut[..cut.len() / 2]).await;
    assert_eq!(refused["status"], "refused", "{refused}");
}

#[tokio::test]
async fn a_version_never_changes() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "mine", "1", component("order")).await;
    let refused = send(&tenant, "name=mine&version=1", component("null")).await.with_status(409);
    assert!(refused.data()["message"].as_str().unwrap().contains("versions never change"), "{}", refused.text);
}

#[tokio::test]
async fn a_chain_names_only_what_can_be_used() {
    let tenant = Tenant::new(json!([])).await;
    upload(&tenant, "hook", "1", component("greeter")).await;
    for (step, rule) in [("nobody", "enum"), ("hook", "type"), ("hook@2", "usable")] {
        let refused = chain(&tenant, json!([{ step: {} }])).await.with_status(400);
        assert!(refused.text.contains(rule), "{step}: {}", refused.text);
    }
    let refused = change(&tenant, "hook", json!({"active": "2"})).await.with_status(404);
    assert!(refused.text.contains("bad identifier"), "{}", refused.text);
    let refused = change(&tenant, "hook", json!({"actve": "1"})).await.with_status(400);
    assert!(refused.data()["actve"]["unknown"].is_object(), "{}", refused.text);
}
