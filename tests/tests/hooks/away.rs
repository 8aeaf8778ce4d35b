//! A receiver of status events that is away delays no call, and is told how each call ended when it is back.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};
use strowger_tests::{Server, ServerOptions, WebApp, eventually};
use tokio::net::TcpListener;

use super::raw::{RawServer, Then};
use super::{customer, customer_on, proof};

/// An address where nobody listens yet.
async fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// The last event of a call that is over.
async fn told(app: &WebApp, call: &str) -> Value {
    app.events(call).await.pop().unwrap()
}

#[tokio::test]
async fn no_call_waits_for_a_receiver_that_hangs() {
    let hanging = RawServer::answering("", Then::Hang).await;
    let (tenant, _carrier) = customer(proof()).await;
    let began = std::time::Instant::now();
    let record = tenant.call_with(json!({"call_status_hook": hanging.url()})).await.ended().await;
    assert_eq!(record["customerData"], json!({"ran": true}));
    assert!(began.elapsed().as_secs() < 10, "the first event alone hangs for ten seconds");
}

#[tokio::test]
async fn the_last_event_is_told_when_the_receiver_is_back() {
    let away = nowhere().await;
    let (tenant, _carrier) = customer(proof()).await;
    let call = tenant.call_with(json!({"call_status_hook": format!("http://{away}/status"), "tag": {"a": 1}})).await;
    let record = call.ended().await;
    let back = WebApp::start_at(away, json!([])).await;
    let event = told(&back, &call.sid).await;
    assert_eq!((&event["call_status"], &event["call_sid"]), (&json!("completed"), &record["call_sid"]));
    assert_eq!((&event["duration"], &event["sequence"]), (&record["duration"], &json!(3)));
}

#[tokio::test]
async fn the_last_event_outlasts_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let data: PathBuf = home.path().join("data");
    let start = || Server::start_with(ServerOptions { data: Some(data.clone()), ..ServerOptions::default() });
    let away = nowhere().await;
    let (tenant, _carrier) = customer_on(start().await, proof()).await;
    let call = tenant.call_with(json!({"call_status_hook": format!("http://{away}/status")})).await;
    call.ended().await;
    let sid = call.sid.clone();
    eventually("the event to be kept", async || {
        let metrics =
            tenant.server.request(strowger_tests::Method::GET, "/metrics").send().await.ok()?.text().await.ok()?;
        metrics.contains(r#"strowger_status_events_total{outcome="kept"} 1"#).then_some(())
    })
    .await;
    tenant.server.clone().kill();
    let back = WebApp::start_at(away, json!([])).await;
    let _restarted = start().await;
    let event = told(&back, &sid).await;
    assert_eq!((&event["call_status"], &event["call_sid"]), (&json!("completed"), &json!(sid)));
}
