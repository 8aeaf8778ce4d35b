//! The status hook is told every state of a call, in order.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use strowger_tests::{Method, PracticeCarrier, Sipp, Tenant};

fn told<'a>(events: &'a [Value], field: &str) -> Vec<&'a Value> {
    events.iter().map(|event| &event[field]).collect()
}

#[tokio::test]
async fn states_are_told_in_order_and_numbered() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call_with(json!({"tag": {"order": 7}})).await;
    let events = tenant.app.events(&call.sid).await;
    assert_eq!(told(&events, "call_status"), ["trying", "ringing", "in-progress", "completed"]);
    assert_eq!(told(&events, "sip_status"), [100, 180, 200, 200]);
    assert_eq!(told(&events, "sequence"), [1, 2, 3, 4]);
    for event in &events {
        assert_eq!(event["call_id"], call.call_id);
        assert_eq!(event["customerData"]["order"], 7);
        assert!(event["timestamp"].is_string());
        assert!(event.get("attempts").is_none(), "carriers are the account's own business");
    }
    assert!(events[3]["duration"].is_u64() && events[2].get("duration").is_none());
    carrier.finished().await;
}

#[tokio::test]
async fn calls_at_the_same_time_are_told_apart_and_each_in_order() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let carrier = PracticeCarrier::start(200, &["--ring"]);
    tenant.carrier("a", carrier.port).await;
    let mut calls = Vec::new();
    for _ in 0..10 {
        calls.push(tenant.call().await);
    }
    for call in calls {
        let events = tenant.app.events(&call.sid).await;
        let numbers: Vec<u64> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
        assert_eq!(events.last().unwrap()["call_status"], "completed");
    }
}

#[tokio::test]
async fn a_refused_call_is_told_with_its_sip_status() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    let events = tenant.app.events(&call.sid).await;
    let last = events.last().unwrap();
    assert_eq!(
        (&last["call_status"], &last["sip_status"], &last["sip_reason"]),
        (&json!("busy"), &json!(486), &json!("Busy Here"))
    );
    carrier.finished().await;
}

#[tokio::test]
async fn an_event_that_is_not_taken_is_told_again() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    tenant.app.answers_with("/status", 500, json!({}));
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    strowger_tests::eventually("a second try", async || (tenant.app.requests("/status").len() >= 2).then_some(()))
        .await;
    tenant.app.answers("/status", json!([]));
    let events = tenant.app.events(&call.sid).await;
    assert_eq!(told(&events[..2], "sequence"), [1, 1], "the first event is told until it is taken");
    assert_eq!(events.last().unwrap()["sequence"], 4);
    carrier.finished().await;
}

#[tokio::test]
async fn webhooks_are_signed_with_the_accounts_secret() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    tenant.app.events(&call.sid).await;
    let account = tenant.v1(Method::GET, "", Value::Null).await.with_status(200).body;
    let secret = account["webhook_secret"].as_str().expect("an account has a secret");
    for request in tenant.app.requests("/call").iter().chain(&tenant.app.requests("/status")) {
        let signature = request.headers["jambonz-signature"].to_str().unwrap();
        let (time, digest) = signature.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).expect("t=…,v1=…");
        let mut expected = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        expected.update(format!("{time}.").as_bytes());
        expected.update(&request.bytes);
        let expected: String = expected.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, expected);
    }
    carrier.finished().await;
}
