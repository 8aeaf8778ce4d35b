//! Calls of one node, seen and controlled from another.

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Sipp, Tenant, eventually};

use crate::{nodes, routed};

fn sids(calls: &Value) -> Vec<String> {
    let calls = calls.as_array().expect("a list of calls");
    let mut sids: Vec<String> = calls.iter().map(|call| call["sid"].as_str().unwrap_or_default().to_owned()).collect();
    sids.sort();
    sids
}

async fn listed(tenant: &Tenant) -> Vec<String> {
    sids(&tenant.v1(Method::GET, "/Calls", Value::Null).await.with_status(200).body)
}

#[tokio::test]
async fn live_calls_are_listed_by_all_nodes_and_controlled_from_any() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([{"verb": "pause", "length": 60}])).await;
    let there = here.at(&other);
    let carrier = Sipp::answer("answer");
    here.carrier("a", carrier.port).await;
    eventually("the carrier on the other node", async || (routed(&there).await == json!(["a"])).then_some(())).await;

    let call = here.call().await;
    let elsewhere = call.at(&there);
    elsewhere.reaches("in-progress").await;
    assert_eq!(listed(&here).await, listed(&there).await);
    assert_eq!(listed(&there).await.len(), 1);

    let _ = elsewhere.update(json!({"tag": {"from": "elsewhere"}})).await.with_status(204);
    assert_eq!(call.record().await["customerData"], json!({"from": "elsewhere"}));
    let _ = elsewhere.update(json!({"call_status": "completed"})).await.with_status(204);
    assert_eq!(call.record().await["call_status"], "completed");
    carrier.finished().await;
    let gone = elsewhere.update(json!({"call_status": "completed"})).await;
    assert_eq!(gone.status, 422, "{}", gone.text);
}

#[tokio::test]
async fn a_call_of_another_node_is_deleted_with_its_record() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([{"verb": "pause", "length": 60}])).await;
    let carrier = Sipp::answer("answer");
    here.carrier("a", carrier.port).await;
    let call = here.call().await;
    call.reaches("in-progress").await;
    let there = here.at(&other);
    let _ = there.v1(Method::DELETE, &call.path(), Value::Null).await.with_status(204);
    carrier.finished().await;
    let _ = here.v1(Method::GET, &call.path(), Value::Null).await.with_status(404);
}
