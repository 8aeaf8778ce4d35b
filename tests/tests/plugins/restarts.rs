//! What outlives the server.

use serde_json::{Value, json};
use strowger_tests::{Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{carriers, chain, component, judged, routed, send, upload};

#[tokio::test]
async fn after_a_restart_plugins_route_as_before_also_where_their_code_is_lost() {
    let data = TempDir::new().unwrap();
    let start = async || {
        Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await
    };
    let tenant = Tenant::on(start().await, json!([])).await;
    carriers(&tenant).await;
    upload(&tenant, "mine", "1", component("order")).await;
    let rules = json!([{"get_resources": {}}, {"mine": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let _ = chain(&tenant, rules).await.with_status(200);
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
    let code = data.path().join("code");
    assert!(std::fs::read_dir(&code).unwrap().count() > 1, "compiled code is kept");
    let Tenant { server, account, app } = tenant;
    server.kill();
    let tenant = Tenant { server: start().await, account, app };
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
    let Tenant { server, account, app } = tenant;
    server.kill();
    std::fs::remove_dir_all(&code).unwrap();
    let tenant = Tenant { server: start().await, account, app };
    assert_eq!(routed(&tenant).await, json!(["b", "a"]));
}

#[tokio::test]
async fn a_verdict_that_a_crash_cut_off_is_given_after_the_restart() {
    let data = TempDir::new().unwrap();
    let start = async || {
        Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await
    };
    let tenant = Tenant::on(start().await, json!([])).await;
    for version in ["1", "2", "3", "4"] {
        let _ =
            send(&tenant, &format!("name=mine&version={version}"), component("http-webhook")).await.with_status(202);
    }
    let Tenant { server, account, app } = tenant;
    server.kill();
    let tenant = Tenant { server: start().await, account, app };
    for version in ["1", "2", "3", "4"] {
        let judged = judged(&tenant, "mine", version).await;
        assert_eq!(judged["status"], "accepted", "{judged}");
    }
    let plugin = tenant.v2(Method::GET, "/plugins/mine", Value::Null).await.with_status(200).data().clone();
    assert_eq!(plugin["versions"].as_array().map(Vec::len), Some(4));
}
