//! The same on a Redis Cluster of three nodes.

use serde_json::{Value, json};
use strowger_test_redis::Cluster;
use strowger_tests::{Method, PracticeCarrier, Tenant, eventually};

use crate::{nodes, routed};

#[tokio::test]
async fn several_accounts_live_and_call_on_a_cluster() {
    let redis = Cluster::start();
    let (one, other) = nodes(&redis.url()).await;
    let carrier = PracticeCarrier::start(200, &[]);
    for _ in 0..6 {
        // Their slots are all over the cluster.
        let here = Tenant::on(one.clone(), json!([{"verb": "hangup"}])).await;
        let there = here.at(&other);
        here.carrier("a", carrier.port).await;
        eventually("the carrier on the other node", async || (routed(&there).await == json!(["a"])).then_some(()))
            .await;
        let call = there.call().await;
        let record = call.at(&here).ended().await;
        assert_eq!(record["call_status"], "completed", "{record}");
        let path = format!("/v1/Accounts/{}", here.account.sid);
        let _ = one.admin(Method::DELETE, &path, None).await.with_status(204);
        let _ = there.v1(Method::GET, "/Calls", Value::Null).await;
    }
}
