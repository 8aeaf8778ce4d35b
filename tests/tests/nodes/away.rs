//! Redis is away for a while.

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Sipp, Tenant, eventually};

use crate::{node, routed};

#[tokio::test]
async fn while_redis_is_away_calls_and_routing_go_on_and_writes_are_answered_503() {
    let redis = Redis::start();
    let tenant = Tenant::on(node(&redis.url()).await, json!([{"verb": "pause", "length": 60}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    assert_eq!(routed(&tenant).await, json!(["a"]));
    let call = tenant.call().await;
    call.reaches("in-progress").await;

    redis.kill();
    let name = json!({"data": {"name": "other"}});
    let refused = tenant.v2(Method::PATCH, "/resources/a", name.clone()).await.with_status(503);
    assert_eq!(refused.header("retry-after"), "1");
    let application = json!({"name": "x", "call_hook": {"url": "http://127.0.0.1:1/"}, "call_status_hook": {"url": "http://127.0.0.1:1/"}});
    let refused = tenant.v1(Method::POST, "/Applications", application.clone()).await.with_status(503);
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.body["msg"].is_string(), "{}", refused.text);
    assert_eq!(routed(&tenant).await, json!(["a"]), "decisions are made on what is in memory");
    assert_eq!(call.record().await["call_status"], "in-progress", "the call is in memory");
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    carrier.finished().await;

    redis.restart();
    eventually("writes to be taken again", async || {
        (tenant.v2(Method::PATCH, "/resources/a", name.clone()).await.status == 200).then_some(())
    })
    .await;
    let _ = tenant.v1(Method::POST, "/Applications", application).await.with_status(201);
    let record = call.ended().await;
    assert_eq!(record["call_status"], "completed", "the record was written once Redis was back");
    let stored = tenant.v2(Method::GET, "/resources/a", Value::Null).await.with_status(200);
    assert_eq!(stored.data()["name"], "other");
}
