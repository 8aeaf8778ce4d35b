//! Files of selector rows, imported by the running binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod crash;
mod traffic;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_tests::{Answer, Method, Tenant};

/// The longest that a task of a million rows may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Uploads a file and answers the task's path.
pub(crate) async fn upload(tenant: &Tenant, query: &str, file: &str) -> String {
    let path = format!("/v2/accounts/{}/tasks?category=resource_selectors&{query}", tenant.account.id);
    let request = tenant.server.request(Method::PUT, &path).bearer_auth(&tenant.account.key);
    let made = Answer::to(request.header("content-type", "text/csv").body(file.to_owned())).await.with_status(201);
    format!("/tasks/{}", made.data()["id"].as_str().expect("an id"))
}

/// Uploads a file and starts its task.
pub(crate) async fn started(tenant: &Tenant, query: &str, file: &str) -> String {
    let path = upload(tenant, query, file).await;
    let _ = tenant.v2(Method::PATCH, &path, Value::Null).await.with_status(200);
    path
}

/// What a task tells of itself.
pub(crate) async fn task(tenant: &Tenant, path: &str) -> Value {
    tenant.v2(Method::GET, path, Value::Null).await.with_status(200).data()["_read_only"].clone()
}

/// The task as soon as it is as it should be.
pub(crate) async fn until(tenant: &Tenant, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let asked = Instant::now();
    loop {
        let task = task(tenant, path).await;
        if is_so(&task) {
            return task;
        }
        assert!(asked.elapsed() < PATIENCE, "waited in vain: {task}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The task when it is over.
pub(crate) async fn over(tenant: &Tenant, path: &str) -> Value {
    until(tenant, path, |task| task["end_timestamp"].is_number()).await
}

/// Names of selector rows and how many each has.
pub(crate) async fn names(tenant: &Tenant) -> Value {
    tenant.v2(Method::GET, "/resource_selectors/name", Value::Null).await.with_status(200).data().clone()
}

/// Routes by the longest prefix and the lowest price.
pub(crate) async fn route_by_price(tenant: &Tenant) {
    let rules = json!([
        {"get_resources": {}},
        {"filter_prefix": {"value_a": "number", "value_b": "database:lcr", "action": "keep"}},
        {"order": {"value": "database:lcr", "direction": "ascend"}},
    ]);
    let body = json!({"data": {"rules": rules}});
    let _ = tenant.v2(Method::POST, "/resource_selectors/rules", body).await.with_status(200);
}

/// The carriers that a call to that number would try.
pub(crate) async fn routed(tenant: &Tenant, number: &str) -> Value {
    let body = json!({"data": {"To-DID": number}});
    tenant.v2(Method::POST, "/resource_selectors/route", body).await.with_status(200).data()["resources"].clone()
}
