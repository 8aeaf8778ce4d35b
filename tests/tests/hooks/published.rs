//! What we send, judged by the published software of those who receive it: `@jambonz/sdk` verifies every signature over the bytes that
//! arrived, `@jambonz/schema` every payload.

use std::path::Path;

use serde_json::{Value, json};
use strowger_tests::{Method, Request, Tenant, clients};

use super::customer;

/// The judgement over requests, of which each has the name of its schema.
async fn judge(tenant: &Tenant, requests: &[(&str, Request)]) -> String {
    let account = tenant.v1(Method::GET, "", Value::Null).await.with_status(200).body;
    let shown = |(schema, request): &(&str, Request)| {
        json!({
            "schema": schema,
            "signature": request.headers["jambonz-signature"].to_str().unwrap(),
            "body": String::from_utf8(request.bytes.to_vec()).unwrap(),
        })
    };
    let work = json!({"secret": account["webhook_secret"], "requests": requests.iter().map(shown).collect::<Vec<_>>()});
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), work.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/judge-hooks.mjs");
    let output = clients::node(&script).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn every_signature_and_every_payload_stands_the_published_test() {
    let (tenant, _carrier) = customer(json!([
        {"verb": "play", "url": "file:nowhere.wav", "actionHook": "/play", "id": "p1"},
        {"verb": "sip:request", "method": "INFO", "body": "x", "headers": {"Content-Type": "text/plain"}, "actionHook": "/sip"},
        {"verb": "redirect", "actionHook": "/next"},
    ]))
    .await;
    tenant.app.answers("/next", json!([{"verb": "say", "text": "this one is not built"}]));
    // What a script would write in another way than we are given it.
    let tag = r#"{"b": 1.0, "10": 1e21, "2": -0.0, "text": "\u00e9\u2028\u0001/<>", "big": 9007199254740993, "n": null, "list": [1.50, {}]}"#;
    let tag: Value = serde_json::from_str(tag).unwrap();
    let call = tenant.call_with(json!({"tag": tag, "callerName": "Zoë"})).await;
    tenant.app.events(&call.sid).await;
    let mut requests = Vec::new();
    for (path, schema) in [
        ("/call", "session-new"),
        ("/status", "call-status"),
        ("/play", "play"),
        ("/sip", "sip-request"),
        ("/next", "session-redirect"),
    ] {
        let sent = tenant.app.requests(path);
        assert!(!sent.is_empty(), "nothing was sent to {path}");
        requests.extend(sent.into_iter().map(|request| (schema, request)));
    }
    assert!(requests.len() >= 8, "{} requests", requests.len());
    let faults: Vec<Value> = serde_json::from_str(&judge(&tenant, &requests).await).unwrap();
    assert_eq!(faults, Vec::<Value>::new());
}

#[tokio::test]
async fn the_published_test_does_fail() {
    let (tenant, _carrier) = customer(json!([])).await;
    let call = tenant.call().await;
    tenant.app.events(&call.sid).await;
    let mut forged = tenant.app.requests("/status").remove(0);
    forged.bytes = String::from_utf8(forged.bytes.to_vec()).unwrap().replace("trying", "ended").into();
    let faults = judge(&tenant, &[("call-status", forged)]).await;
    assert!(faults.contains("signature verification failed") && faults.contains("/call_status"), "{faults}");
}
