//! Two nodes under load, one of which is killed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, PracticeCarrier, Server, Tenant, eventually};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use crate::nodes;

/// API writes and calls a second, in all.
const RATE: u32 = 50;
const SECONDS: u64 = 6;

/// What a client was told.
#[derive(Default)]
struct Told {
    /// Carriers that were answered 201, and calls likewise.
    carriers: Vec<String>,
    calls: Vec<String>,
}

impl Told {
    fn merge(&mut self, other: Self) {
        self.carriers.extend(other.carriers);
        self.calls.extend(other.calls);
    }
}

/// One client: writes a carrier of its own and places a call, and notes what was acknowledged. A node that is dead answers nothing.
async fn ask(tenant: Arc<Tenant>, n: u32) -> Told {
    let mut told = Told::default();
    let id = format!("written-{n}");
    let carrier = json!({"data": {"id": id, "name": id, "rules": ["^nobody$"], "gateways": [{"server": "127.0.0.1"}]}});
    let path = format!("/v2/accounts/{}/resources", tenant.account.id);
    if let Some((201, _)) = sent(&tenant.server, &tenant.account.key, &path, Method::PUT, carrier).await {
        told.carriers.push(id);
    }
    let path = format!("/v1/Accounts/{}/Calls", tenant.account.sid);
    let body = tenant.call_body(json!({}));
    if let Some((201, placed)) = sent(&tenant.server, &tenant.account.key, &path, Method::POST, body).await {
        told.calls.push(placed["sid"].as_str().unwrap().to_owned());
    }
    told
}

async fn sent(server: &Server, key: &str, path: &str, method: Method, body: Value) -> Option<(u16, Value)> {
    let response = server.request(method, path).bearer_auth(key).json(&body).send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.json().await.ok()?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_a_node_is_killed_under_load() {
    let redis = Redis::start();
    let (one, other) = nodes(&redis.url()).await;
    let carrier = PracticeCarrier::start(200, &[]);
    let here = Arc::new(Tenant::on(one, json!([{"verb": "hangup"}])).await);
    here.carrier("a", carrier.port).await;
    let there = Arc::new(here.at(&other));

    let (mut clients, mut told) = (JoinSet::new(), Told::default());
    let mut beat = interval(Duration::from_secs(1) / (RATE / 2));
    let (start, mut n, mut killed) = (Instant::now(), 0, false);
    while start.elapsed() < Duration::from_secs(SECONDS) {
        beat.tick().await;
        n += 1;
        clients.spawn(ask(Arc::clone(if n % 2 == 0 { &here } else { &there }), n));
        if !killed && start.elapsed() > Duration::from_secs(SECONDS / 2) {
            here.server.clone().kill();
            killed = true;
        }
    }
    while let Some(client) = clients.join_next().await {
        told.merge(client.unwrap());
    }
    assert!(told.carriers.len() > n as usize / 2, "{} of {n} writes were taken", told.carriers.len());
    everything_is_there(&there, &told).await;
    let _ = there.v2(Method::PATCH, "/resources/a", json!({"data": {"name": "goes on"}})).await.with_status(200);
}

async fn everything_is_there(tenant: &Tenant, told: &Told) {
    for id in &told.carriers {
        let _ = tenant.v2(Method::GET, &format!("/resources/{id}"), Value::Null).await.with_status(200);
    }
    for sid in &told.calls {
        // A call of the dead node is marked ended, those of the other one end by themselves.
        eventually("every call to be over", async || {
            let call = tenant.v1(Method::GET, &format!("/Calls/{sid}"), Value::Null).await;
            if call.status == 404 {
                panic!("call {sid} was acknowledged and has no record");
            }
            call.body.get("terminated_at").is_some().then_some(())
        })
        .await;
    }
}
