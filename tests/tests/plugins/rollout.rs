//! Versions that are tried on calls, on the running server.

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_tests::{Answer, CALLED, CALLER, Method, Server, ServerOptions, Tenant, eventually};
use tempfile::TempDir;

use crate::{carriers, chain, component, upload};

const ROLLOUT: &str = "/plugins/mine/rollout";

/// An account whose chain has a plugin of its own: version 1 passes the carriers on, version 2 is that component.
async fn tenant_on(server: Server, second: &[u8]) -> Tenant {
    let tenant = Tenant::on(server, json!([])).await;
    carriers(&tenant).await;
    upload(&tenant, "mine", "1", component("get_resources")).await;
    upload(&tenant, "mine", "2", second).await;
    let _ = chain(&tenant, json!([{"get_resources": {}}, {"mine": {}}])).await.with_status(200);
    tenant
}

async fn tenant(second: &[u8]) -> Tenant {
    tenant_on(Server::start().await, second).await
}

async fn roll_out(tenant: &Tenant, data: Value) -> Answer {
    tenant.v2(Method::PUT, ROLLOUT, json!({ "data": data })).await
}

async fn rollout(tenant: &Tenant) -> Value {
    tenant.v2(Method::GET, ROLLOUT, Value::Null).await.with_status(200).data().clone()
}

/// The rung that answers a caller, and how many carriers it leaves.
async fn asked(tenant: &Tenant, caller: &str) -> (String, usize) {
    let question = json!({"data": {"To-DID": CALLED, "Outbound-Caller-ID-Number": caller}});
    let answer = tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200);
    let rung = answer.data()["trace"][1]["rung"].as_str().unwrap().to_owned();
    (rung, answer.data()["resources"].as_array().unwrap().len())
}

async fn chosen(tenant: &Tenant) -> Vec<usize> {
    let mut chosen = Vec::new();
    for caller in 0..300 {
        match asked(tenant, &format!("+1202555{caller:04}")).await {
            (rung, 0) if rung == "canary" => chosen.push(caller),
            (rung, 2) if rung == "step" => {}
            other => panic!("{other:?}"),
        }
    }
    chosen
}

#[tokio::test]
async fn a_canary_of_thirty_percent_answers_the_same_callers_and_more_where_it_grows() {
    let tenant = tenant(component("null")).await;
    let begun = roll_out(&tenant, json!({"version": "2", "mode": "canary", "percent": 30})).await.with_status(200);
    assert_eq!((&begun.data()["state"], &begun.data()["active"]), (&json!("running"), &json!("1")));
    let first = chosen(&tenant).await;
    assert!((55..=125).contains(&first.len()), "{} of 300", first.len());
    assert_eq!(chosen(&tenant).await, first, "the same ones");
    let _ = roll_out(&tenant, json!({"version": "2", "mode": "canary", "percent": 50})).await.with_status(200);
    let more = chosen(&tenant).await;
    assert!(more.len() > first.len() && first.iter().all(|caller| more.contains(caller)));
    let metrics = tenant.server.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let told = |line: &str| {
        line.starts_with("strowger_plugin_rollout_calls_total{")
            && ["mode=\"canary\"", "result=\"ok\"", "version=\"2\""].iter().all(|label| line.contains(label))
    };
    assert!(metrics.lines().any(told), "{metrics}");
    let _ = tenant.v2(Method::PATCH, "/plugins/mine", json!({"data": {"active": "2"}})).await.with_status(200);
    let _ = tenant.v2(Method::GET, ROLLOUT, Value::Null).await.with_status(404);
}

#[tokio::test]
async fn a_canary_that_traps_hurts_no_call_and_is_rolled_back() {
    let tenant = tenant(&selector(Misdeed::Recursion)).await;
    let wanted = json!({"version": "2", "mode": "canary", "percent": 100, "abort": {"errors": 3}});
    let _ = roll_out(&tenant, wanted).await.with_status(200);
    for caller in 0..5 {
        assert_eq!(asked(&tenant, &format!("+120255501{caller:02}")).await, ("step".to_owned(), 2));
    }
    let told = eventually("a roll-back", async || {
        let told = rollout(&tenant).await;
        (told["state"] == "rolled_back").then_some(told)
    })
    .await;
    assert!(told["reason"].as_str().unwrap().starts_with("3 of its last 3 calls failed"), "{told}");
    assert_eq!(told["figures"]["errors"]["stack"], 3, "{told}");
    let log = tenant.v2(Method::GET, "/plugins/mine/log?level=warn", Value::Null).await.with_status(200);
    assert!(log.text.contains("the canary is rolled back"), "{}", log.text);
    let _ = tenant.v2(Method::DELETE, "/plugins/mine/versions/2", Value::Null).await.with_status(200);
}

#[tokio::test]
async fn a_shadow_finds_differences_and_changes_no_call() {
    let tenant = tenant(component("null")).await;
    let _ = roll_out(&tenant, json!({"version": "2", "mode": "shadow", "percent": 100})).await.with_status(200);
    let body = json!({
        "from": CALLER, "to": {"type": "phone", "number": CALLED}, "call_hook": {"url": "http://127.0.0.1:9/"}, "timeout": 1,
    });
    let _ = tenant.v1(Method::POST, "/Calls", body).await;
    let told = eventually("a comparison", async || {
        let told = rollout(&tenant).await;
        (told["figures"]["compared"] == 1).then_some(told)
    })
    .await;
    let difference = &told["figures"]["differences"][0];
    assert_eq!((&difference["before"], &difference["after"]), (&json!(["a", "b"]), &json!([])), "{told}");
    assert!(difference["reasons"][0].as_str().unwrap().contains("dropped by mine@2"), "{told}");
    let decisions = tenant.v2(Method::GET, "/decisions", Value::Null).await.with_status(200);
    let step = &decisions.data()[0]["steps"][1];
    assert_eq!((&step["rung"], &step["plugin"], &step["out"]), (&json!("step"), &json!("mine@1"), &json!(2)));
}

#[tokio::test]
async fn a_rollout_outlives_the_server() {
    let data = TempDir::new().unwrap();
    let start = async || {
        Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await
    };
    let tenant = tenant_on(start().await, component("null")).await;
    let _ = roll_out(&tenant, json!({"version": "2", "mode": "canary", "percent": 100})).await.with_status(200);
    assert_eq!(asked(&tenant, CALLER).await.0, "canary");
    let Tenant { server, account, app } = tenant;
    server.kill();
    let tenant = Tenant { server: start().await, account, app };
    assert_eq!(asked(&tenant, CALLER).await, ("canary".to_owned(), 0));
    assert_eq!(rollout(&tenant).await["state"], "running");
}

#[tokio::test]
async fn nobody_sees_or_feels_the_rollout_of_another_account() {
    let (own, other) = (tenant(component("null")).await, tenant(component("null")).await);
    let _ = roll_out(&own, json!({"version": "2", "mode": "canary", "percent": 100})).await.with_status(200);
    let _ = other.v2(Method::GET, ROLLOUT, Value::Null).await.with_status(404);
    assert_eq!(asked(&other, CALLER).await, ("step".to_owned(), 2));
    let path = format!("/v2/accounts/{}{ROLLOUT}", own.account.id);
    let refused = own.server.send(Method::GET, &path, Some(&other.account.key), None).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused_with_the_field() {
    let tenant = tenant(component("null")).await;
    for (data, field, rule) in [
        (json!({"version": "1", "mode": "canary"}), "version", "active"),
        (json!({"version": "9", "mode": "canary"}), "version", "usable"),
        (json!({"version": "2", "mode": "both"}), "mode", "enum"),
        (json!({"version": "2", "mode": "canary", "percent": 0}), "percent", "minimum"),
        (
            json!({"version": "2", "mode": "canary", "abort": {"differences_percent": 1}}),
            "abort.differences_percent",
            "mode",
        ),
    ] {
        let refused = roll_out(&tenant, data).await.with_status(400);
        assert!(refused.data()[field][rule].is_object(), "{}", refused.text);
    }
    let begun = roll_out(&tenant, json!({"version": "2", "mode": "canary"})).await.with_status(200);
    let revision = begun.header("etag").to_owned();
    let kept = tenant.v2(Method::DELETE, "/plugins/mine/versions/2", Value::Null).await.with_status(409);
    assert!(kept.text.contains("rollout"), "{}", kept.text);
    let path = format!("/v2/accounts/{}{ROLLOUT}", tenant.account.id);
    let ended = async |revision: &str| {
        let request = tenant.server.request(Method::DELETE, &path).bearer_auth(&tenant.account.key);
        Answer::to(request.header("if-match", revision)).await
    };
    let _ = ended("\"another\"").await.with_status(412);
    let gone = ended(&revision).await.with_status(200);
    assert_eq!(gone.data()["state"], "stopped", "{}", gone.text);
    let _ = tenant.v2(Method::GET, ROLLOUT, Value::Null).await.with_status(404);
}
