//! The component in the sandbox, and a web server on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::{get, post};
use serde_json::{Value, json};
use strowger_model::AccountId;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind, OtherVerb, Verb};
use strowger_sandbox::{AddressPolicy, Grants, Sandbox, SandboxConfig};
use tokio::net::TcpListener;

async fn sandbox() -> Sandbox {
    let addresses = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
    let sandbox = Sandbox::new(SandboxConfig { instances: 10, addresses, ..SandboxConfig::default() }).unwrap();
    let plugin = strowger_bundle::plugins().iter().find(|plugin| plugin.name == "http-webhook").unwrap();
    sandbox.install(plugin.name, plugin.version, plugin.component, Grants::any_host()).await.unwrap();
    sandbox
}

async fn serve(routes: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

async fn asked(hook: Value, payload: &str) -> Result<Option<Vec<Verb>>, String> {
    let call = Call {
        call_sid: "1".into(),
        account_sid: "2".into(),
        application_sid: None,
        call_id: "3".into(),
        direction: CallDirection::Inbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::Trying,
        sip_status: 100,
        sip_reason: "Trying".into(),
        duration: None,
        tag: None,
    };
    let (payload, hook) = (payload.to_owned(), hook.to_string());
    let event = Event { kind: EventKind::SessionNew, call, time: 1_700_000_000, payload, hook };
    let answer = sandbox().await.call_hook("http-webhook", AccountId::random(), &event).await;
    answer.map_err(|fault| fault.kind.to_string())
}

fn json_answer(body: &Value) -> ([(&'static str, &'static str); 1], String) {
    ([("content-type", "application/json")], body.to_string())
}

/// Answers what it was sent, as a verb.
async fn mirror(headers: HeaderMap, uri: Uri, body: String) -> ([(&'static str, &'static str); 1], String) {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    json_answer(&json!([{
        "verb": "mirror", "uri": uri.to_string(), "body": body, "host": header("host"), "type": header("content-type"),
        "authorization": header("authorization"), "signature": header("jambonz-signature"),
    }]))
}

fn mirrored(verbs: Option<Vec<Verb>>) -> Value {
    match verbs.as_deref() {
        Some([Verb::Other(OtherVerb { name, properties })]) if name == "mirror" => properties.parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_post_carries_the_payload_and_its_signature() {
    let server = serve(Router::new().route("/hook", post(mirror))).await;
    let payload = json!({"call_sid": "1", "note": "ü".repeat(20_000)}).to_string();
    let hook = json!({"url": format!("http://{server}/hook?a=b"), "username": "u", "password": "p", "secret": "whsec"});
    let sent = mirrored(asked(hook, &payload).await.unwrap());
    assert_eq!((&sent["uri"], &sent["body"]), (&json!("/hook?a=b"), &json!(payload)));
    assert_eq!((&sent["host"], &sent["type"]), (&json!(server.to_string()), &json!("application/json")));
    assert_eq!(sent["authorization"], "Basic dTpw");
    assert!(sent["signature"].as_str().unwrap().starts_with("t=1700000000,v1="));
}

#[tokio::test]
async fn a_get_carries_the_fields_as_query() {
    let server = serve(Router::new().route("/hook", get(mirror))).await;
    let hook = json!({"url": format!("http://{server}/hook"), "method": "GET"});
    let sent = mirrored(asked(hook, r#"{"to":"+1512","sip":{}}"#).await.unwrap());
    assert_eq!((&sent["uri"], &sent["body"]), (&json!("/hook?to=%2B1512"), &json!("")));
}

#[tokio::test]
async fn a_server_may_consent_refuse_or_talk_too_much() {
    let routes = Router::new()
        .route("/consent", post(async || StatusCode::NO_CONTENT))
        .route("/refuse", post(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/long", post(async || json_answer(&json!(["x".repeat(2 << 20)]))));
    let server = serve(routes).await;
    let ask = async |path: &str| asked(json!({"url": format!("http://{server}{path}")}), "{}").await;
    assert!(ask("/consent").await.unwrap().is_none());
    assert_eq!(ask("/refuse").await.unwrap_err(), "failed: webhook answered 500");
    assert_eq!(ask("/long").await.unwrap_err(), "failed: webhook answered more than 1 MiB");
}

#[tokio::test]
async fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refusal = asked(json!({"url": format!("http://{free}/")}), "{}").await.unwrap_err();
    assert_eq!(refusal, "failed: webhook refused the connection");
}

#[tokio::test]
async fn what_the_url_asks_for_is_tried_again() {
    let asked_before = Arc::new(AtomicU16::new(0));
    let answer = move || {
        let first = asked_before.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if first { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::ACCEPTED } }
    };
    let server = serve(Router::new().route("/", post(answer))).await;
    let answer = asked(json!({"url": format!("http://{server}/#rc=1&rp=5xx")}), "{}").await;
    assert!(answer.unwrap().is_none());
}
