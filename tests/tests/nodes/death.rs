//! A node that dies.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Sipp, Tenant, eventually};

use crate::nodes;

#[tokio::test]
async fn the_calls_of_a_node_that_died_are_marked_ended() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([{"verb": "pause", "length": 60}])).await;
    let there = here.at(&other);
    let carrier = Sipp::answer("answer");
    here.carrier("a", carrier.port).await;
    let call = here.call().await;
    call.at(&there).reaches("in-progress").await;
    here.server.clone().kill();
    let died = Instant::now();
    let record = call.at(&there).ended().await;
    assert!(died.elapsed() < Duration::from_secs(15), "the lease of 5 s, and time to notice");
    assert!(record["termination_reason"].as_str().is_some_and(|reason| reason.contains("node")), "{record}");
    let update = call.at(&there).update(json!({"call_status": "completed"})).await;
    assert_eq!(update.status, 422, "{}", update.text);
}

#[tokio::test]
async fn what_a_deleted_account_leaves_behind_is_erased_though_the_node_dies() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([])).await;
    // So many at once, and in all, that each stays a document of its own.
    for load in 0..5 {
        let row = |n| json!({"name": "lcr", "selector": format!("{n}"), "resource": "a", "value": "0.1"});
        let rows: Vec<Value> = (load * 1_800..(load + 1) * 1_800).map(row).collect();
        let _ = here.v2(Method::PUT, "/resource_selectors/rows", json!({ "data": rows })).await.with_status(201);
    }
    let rows = format!("strowger:{{{}}}:documents:selector_row", here.account.id);
    let left = || redis.cli(&["HLEN", &rows]).trim().parse::<usize>().unwrap();
    assert_eq!(left(), 9_000, "the rows are where this test looks for them");
    let _ = other.admin(Method::GET, "/v1/Accounts", None).await.with_status(200);
    let path = format!("/v1/Accounts/{}", here.account.sid);
    // The answer may be lost with the node, the work may not.
    let deletion = here.server.admin(Method::DELETE, &path, None).await;
    here.server.clone().kill();
    assert_eq!(deletion.status, 204, "{}", deletion.text);
    eventually("the rows to be erased by the other node", async || (left() == 0).then_some(())).await;
}
