//! Plugins that tenants upload to the running binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod decisions;
mod formatters;
mod grants;
mod hostile;
mod life;
mod limits;
mod refused;
mod restarts;
mod rollout;
mod strangers;
mod wrong_tenant;

use serde_json::{Value, json};
use strowger_tests::{Answer, CALLED, CALLER, Method, Tenant, eventually};

/// Where plugins are, below an account.
pub(crate) const PLUGINS: &str = "/plugins";

/// A built-in component, which anybody may upload under a name of their own.
pub(crate) fn component(name: &str) -> &'static [u8] {
    strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).expect("a built-in plugin").component
}

/// Sends a component as it is.
pub(crate) async fn send(tenant: &Tenant, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/v2/accounts/{}{PLUGINS}?{query}", tenant.account.id);
    let request = tenant.server.request(Method::POST, &path).bearer_auth(&tenant.account.key);
    Answer::to(request.header("content-type", "application/wasm").body(bytes.to_vec())).await
}

/// Uploads a version and waits for its verdict.
pub(crate) async fn upload(tenant: &Tenant, name: &str, version: &str, bytes: &[u8]) -> Value {
    let sent = send(tenant, &format!("name={name}&version={version}"), bytes).await.with_status(202);
    assert_eq!(sent.data()["status"], "compiling");
    judged(tenant, name, version).await
}

/// A version once it has a verdict.
pub(crate) async fn judged(tenant: &Tenant, name: &str, version: &str) -> Value {
    let path = format!("{PLUGINS}/{name}/versions/{version}");
    eventually("a verdict", async || {
        let read = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200).data().clone();
        (read["status"] != "compiling").then_some(read)
    })
    .await
}

/// Two carriers, of which the second costs more.
pub(crate) async fn carriers(tenant: &Tenant) {
    for (id, cost) in [("a", 10), ("b", 20)] {
        tenant.carrier_with(id, 5060, json!({"weight_cost": cost}), json!({})).await;
    }
}

/// Has the account's calls routed by these steps.
pub(crate) async fn chain(tenant: &Tenant, rules: Value) -> Answer {
    tenant.v2(Method::POST, "/resource_selectors/rules", json!({"data": {"rules": rules}})).await
}

/// The carriers that a call of the account would try, in order.
pub(crate) async fn routed(tenant: &Tenant) -> Value {
    let question = json!({"data": {"To-DID": CALLED, "Outbound-Caller-ID-Number": CALLER}});
    let answer = tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200);
    answer.data()["resources"].clone()
}

pub(crate) async fn change(tenant: &Tenant, name: &str, data: Value) -> Answer {
    tenant.v2(Method::PATCH, &format!("{PLUGINS}/{name}"), json!({ "data": data })).await
}
