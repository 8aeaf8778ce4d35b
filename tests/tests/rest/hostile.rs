//! A plugin that misbehaves, installed by the operator: the step and the limit are named, and others are routed as before.

use serde_json::{Value, json};
use strowger_tests::{CALLED, CALLER, Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{ROUTE, question, routed};

const RULES: &str = "/resource_selectors/rules";

/// A server with the hostile selector, and two of its customers.
async fn customers() -> (Tenant, Tenant, TempDir) {
    let plugins = TempDir::new().unwrap();
    std::fs::write(plugins.path().join("hostile@1.0.0.wasm"), strowger_hostile::SELECTOR).unwrap();
    let args = vec!["--plugins".to_owned(), plugins.path().to_str().unwrap().to_owned()];
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let neighbour = Tenant::on(server.clone(), json!([])).await;
    (Tenant::on(server, json!([])).await, neighbour, plugins)
}

fn chain(misdeed: &str) -> Value {
    json!([{"get_resources": {}}, {"hostile": {"misdeed": misdeed}}])
}

#[tokio::test]
async fn every_misdeed_is_told_by_its_step_and_its_limit() {
    let (tenant, neighbour, _plugins) = customers().await;
    tenant.carrier("a", 5060).await;
    neighbour.carrier("n", 5060).await;
    for (misdeed, kinds) in [
        ("loop", &["fuel", "time"][..]),
        ("grow", &["memory", "fuel", "time"]),
        ("trap", &["trap"]),
        ("row_outside", &["invalid_result"]),
    ] {
        let answer = tenant.v2(Method::POST, ROUTE, question(json!({"rules": chain(misdeed)}))).await.with_status(200);
        let error = &answer.data()["error"];
        assert_eq!((&error["step"], &error["module"]), (&json!(1), &json!("hostile")), "{misdeed}: {}", answer.text);
        assert!(kinds.iter().any(|kind| error["kind"] == *kind), "{misdeed}: {}", answer.text);
        assert_eq!(answer.data()["resources"], json!([]), "{misdeed}");
        assert_eq!(routed(&tenant).await, json!(["a"]), "the next decision after {misdeed}");
        assert_eq!(routed(&neighbour).await, json!(["n"]), "the neighbour's after {misdeed}");
    }
}

#[tokio::test]
async fn a_call_over_a_chain_that_loops_is_refused_with_the_step_and_the_limit() {
    let (tenant, _neighbour, _plugins) = customers().await;
    tenant.carrier("a", 5060).await;
    let _ = tenant.v2(Method::POST, RULES, json!({"data": {"rules": chain("loop")}})).await.with_status(200);
    let body = json!({"from": CALLER, "to": {"type": "phone", "number": CALLED}, "call_hook": "plugin:nobody"});
    let path = format!("/v1/Accounts/{}/Calls", tenant.account.sid);
    let refused =
        tenant.server.send(Method::POST, &path, Some(&tenant.account.key), Some(&body)).await.with_status(422);
    let told = refused.body["msg"].as_str().unwrap();
    assert!(told.contains("hostile") && (told.contains("fuel") || told.contains("budget")), "{told}");
    let good = json!({"data": {"rules": [{"get_resources": {}}]}});
    let _ = tenant.v2(Method::POST, RULES, good).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["a"]));
}
