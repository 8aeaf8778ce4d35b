//! What was answered with success outlives the process.

use serde_json::{Value, json};
use strowger_tests::{Account, Method, Server, ServerOptions, Tenant, refused_start};
use tempfile::TempDir;

use crate::carrier;

async fn server_on(data: &TempDir) -> Server {
    Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await
}

/// Everything that an account can read of itself.
async fn seen(server: &Server, account: &Account) -> Vec<Value> {
    let v2 = format!("/v2/accounts/{}", account.id);
    let v1 = format!("/v1/Accounts/{}", account.sid);
    let mut seen = Vec::new();
    for path in [
        format!("{v2}/resources"),
        format!("{v2}/resources/a"),
        format!("{v2}/resources/b"),
        format!("{v2}/resource_selectors/rules"),
        v1.clone(),
        format!("{v1}/Applications"),
        format!("{v1}/ApiKeys"),
        format!("{v1}/Calls"),
    ] {
        let answer = server.send(Method::GET, &path, Some(&account.key), None).await.with_status(200);
        seen.push(if path.starts_with("/v2") { json!([answer.data(), answer.body["revision"]]) } else { answer.body });
    }
    let asked = json!({"data": {"To-DID": "+15125550177"}});
    let path = format!("{v2}/resource_selectors/route");
    let route = server.send(Method::POST, &path, Some(&account.key), Some(&asked)).await.with_status(200);
    seen.push(route.data()["resources"].clone());
    seen
}

async fn fill(tenant: &Tenant) {
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("b")})).await.with_status(201);
    let rules = json!([
        {"get_resources": {}},
        {"filter_prefix": {"value_a": "number", "value_b": "database:lcr", "action": "keep"}},
        {"order": {"value": "database:lcr", "direction": "ascend"}},
    ]);
    let body = json!({"data": {"rules": rules}});
    let _ = tenant.v2(Method::POST, "/resource_selectors/rules", body).await.with_status(200);
    let row =
        |resource: &str, value: &str| json!({"name": "lcr", "selector": "1", "resource": resource, "value": value});
    let rows = json!({"data": [row("a", "0.2"), row("b", "0.1")]});
    let _ = tenant.v2(Method::PUT, "/resource_selectors/rows", rows).await.with_status(201);
    let application = json!({"name": "menu", "call_hook": {"url": "http://127.0.0.1:1/"}, "call_status_hook": {"url": "http://127.0.0.1:1/"}});
    let _ = tenant.v1(Method::POST, "/Applications", application).await.with_status(201);
    // A call that fails at once, for its record.
    let to = json!({"type": "phone", "number": "+81312345678"});
    let _ = tenant.v1(Method::POST, "/Calls", tenant.call_body(json!({ "to": to }))).await.with_status(422);
}

#[tokio::test]
async fn everything_is_there_after_a_crash() {
    let data = TempDir::new().expect("a temporary folder");
    let tenant = Tenant::on(server_on(&data).await, json!([])).await;
    fill(&tenant).await;
    let before = seen(&tenant.server, &tenant.account).await;
    assert_eq!(before.last(), Some(&json!(["b", "a"])));
    assert_eq!(before[7].as_array().map(Vec::len), Some(1), "the failed call has a record: {}", before[7]);
    let account = tenant.account.clone();
    tenant.server.kill();
    let server = server_on(&data).await;
    assert_eq!(seen(&server, &account).await, before);
}

#[tokio::test]
async fn a_second_process_on_the_same_data_folder_is_refused_and_the_first_goes_on() {
    let data = TempDir::new().expect("a temporary folder");
    let first = server_on(&data).await;
    let told = refused_start(data.path(), &[]).await;
    assert!(told.contains("in use") || told.contains("already open") || told.contains("another process"), "{told}");
    assert!(told.contains("strowger.redb") || told.contains(&data.path().display().to_string()), "{told}");
    let _ = first.admin(Method::GET, "/v1/Accounts", None).await.with_status(200);
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_named_without_its_password() {
    let data = TempDir::new().expect("a temporary folder");
    let told = refused_start(data.path(), &["--redis", "redis://user:s3cret@127.0.0.1:1/"]).await;
    assert!(told.contains("127.0.0.1:1"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
}

#[tokio::test]
async fn addresses_that_are_taken_are_named() {
    let (data, first) = (TempDir::new().expect("a temporary folder"), Server::shared().await);
    for (option, address) in [("--http", first.http.to_string()), ("--sip", first.sip.to_string())] {
        let told = refused_start(data.path(), &[option, &address]).await;
        assert!(told.contains(&address), "{option}: {told}");
    }
}
