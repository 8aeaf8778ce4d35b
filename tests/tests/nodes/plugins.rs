//! Plugins of one node, seen from another.

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_test_redis::Redis;
use strowger_tests::{Answer, Method, Tenant, eventually};

use crate::{nodes, routed};

/// Uploads a selector that logs, and has the account's calls routed by it.
async fn speaking(tenant: &Tenant) {
    let path = format!("/v2/accounts/{}/plugins?name=mine&version=1", tenant.account.id);
    let request = tenant.server.request(Method::POST, &path).bearer_auth(&tenant.account.key);
    let body = request.header("content-type", "application/wasm").body(selector(Misdeed::LogStorm));
    let _ = Answer::to(body).await.with_status(202);
    eventually("a verdict", async || {
        let version = tenant.v2(Method::GET, "/plugins/mine/versions/1", Value::Null).await.with_status(200);
        (version.data()["status"] == "accepted").then_some(())
    })
    .await;
    let rules = json!({"data": {"rules": [{"get_resources": {}}, {"mine": {}, "on_error": "skip"}]}});
    let _ = tenant.v2(Method::POST, "/resource_selectors/rules", rules).await.with_status(200);
}

async fn read(tenant: &Tenant, path: &str) -> Value {
    tenant.v2(Method::GET, path, Value::Null).await.with_status(200).data().clone()
}

/// How often a version failed, as all nodes tell it.
fn faults(usage: &Value) -> u64 {
    let faults = usage["versions"][0]["total"]["faults"].as_object();
    faults.into_iter().flat_map(|faults| faults.values()).filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn usage_and_log_are_those_of_all_nodes_and_one_that_is_silent_is_named() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([])).await;
    let there = here.at(&other);
    here.carrier("a", 5060).await;
    speaking(&here).await;
    eventually("the chain on the other node", async || (routed(&there).await == json!(["a"])).then_some(())).await;
    let told = eventually("both nodes' lines", async || {
        assert_eq!(routed(&here).await, json!(["a"]));
        let lines = read(&there, "/plugins/mine/log?limit=1000").await;
        // A node that was not heard in time is told in a line of its own.
        let written = lines.as_array()?.iter().filter(|line| line["message"] == "hostile");
        let nodes: std::collections::BTreeSet<String> = written.map(|line| line["node"].to_string()).collect();
        (nodes.len() == 2).then_some(lines)
    })
    .await;
    let times: Vec<&str> = told.as_array().unwrap().iter().map(|line| line["time"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{told}");
    // A node that is busy beyond what the other one waits for is told as silent.
    let both = eventually("the usage of both nodes", async || {
        let usage = read(&here, "/plugins/mine/usage").await;
        (usage["nodes"]["answered"].as_array()?.len() == 2).then_some(usage)
    })
    .await;
    assert!(faults(&both) >= 2, "{both}");
    assert!(read(&there, "/plugins/usage").await["fuel"].as_u64() > Some(0));

    let path = format!("/v2/accounts/{}/plugins/mine/log?follow=true&limit=1", there.account.id);
    let mut followed = there.server.request(Method::GET, &path).bearer_auth(&there.account.key).send().await.unwrap();
    let mut events = String::new();
    let name = told.as_array().unwrap().iter().map(|line| &line["node"]).find(|node| **node != json!(name_of(&there)));
    let of_other = format!("\"node\":{}", name.unwrap());
    while !events.contains(&of_other) {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), followed.chunk()).await;
        events.push_str(&String::from_utf8_lossy(&chunk.expect("a line of the other node").unwrap().unwrap()));
    }

    there.server.kill();
    let alone = read(&here, "/plugins/mine/usage").await;
    let silent = alone["nodes"]["silent"].as_array().unwrap().len();
    let answered = alone["nodes"]["answered"].as_array().unwrap().len();
    assert_eq!((answered, silent), (1, 1), "{alone}");
    let lines = read(&here, "/plugins/mine/log?limit=5").await;
    assert!(lines.as_array().unwrap().last().unwrap()["message"].as_str().unwrap().contains("does not answer"));
}

/// What a node calls itself where it is not told otherwise.
fn name_of(tenant: &Tenant) -> String {
    tenant.server.http.to_string()
}
