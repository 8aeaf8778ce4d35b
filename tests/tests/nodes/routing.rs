//! What is changed on one node is routed by on the others.

use std::time::{Duration, Instant};

use serde_json::json;
use strowger_test_redis::Redis;
use strowger_tests::{Method, Tenant};

use crate::{nodes, routed};

/// The bound that operators are promised, with room for a machine that does other things.
const SOON: Duration = Duration::from_secs(2);

/// How long it takes until the account is routed so.
async fn routed_as(tenant: &Tenant, expected: serde_json::Value) -> Duration {
    let asked = Instant::now();
    while routed(tenant).await != expected {
        assert!(asked.elapsed() < SOON, "not routed over {expected} but over {}", routed(tenant).await);
    }
    asked.elapsed()
}

#[tokio::test]
async fn a_carrier_or_chain_changed_on_one_node_is_routed_by_on_the_other() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([])).await;
    let there = here.at(&other);
    assert_eq!(routed(&there).await, json!([]));

    here.carrier_with("a", 1, json!({"weight_cost": 20}), json!({})).await;
    routed_as(&there, json!(["a"])).await;
    there.carrier_with("b", 1, json!({"weight_cost": 10}), json!({})).await;
    routed_as(&here, json!(["b", "a"])).await;

    let dearest = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost", "direction": "descend"}}]);
    let rules = json!({"data": {"rules": dearest}});
    let _ = here.v2(Method::POST, "/resource_selectors/rules", rules).await.with_status(200);
    routed_as(&there, json!(["a", "b"])).await;

    let _ = there.v2(Method::DELETE, "/resources/b", serde_json::Value::Null).await.with_status(200);
    routed_as(&here, json!(["a"])).await;
}

#[tokio::test]
async fn a_key_deleted_on_one_node_opens_nothing_on_the_other() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let here = Tenant::on(one, json!([])).await;
    let there = here.at(&other);
    let key =
        here.v1(Method::GET, "/ApiKeys", serde_json::Value::Null).await.with_status(200).body[0]["api_key_sid"].clone();
    let _ = there.v1(Method::GET, "/Calls", serde_json::Value::Null).await.with_status(200);
    let path = format!("/v1/ApiKeys/{}", key.as_str().unwrap());
    let _ = here.server.admin(Method::DELETE, &path, None).await.with_status(204);
    let deleted = Instant::now();
    while there.v1(Method::GET, "/Calls", serde_json::Value::Null).await.status != 401 {
        assert!(deleted.elapsed() < SOON, "the key still opens the account on the other node");
    }
}
