//! The published clients of the call-control API, unchanged, against the running server: every method that they have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a helper that fails fails its test")]

use std::path::Path;

use serde_json::{Value, json};
use strowger_tests::{CALLED, CALLER, Method, PracticeCarrier, Sipp, Tenant, clients};

/// What a program said of each method that it tried, in order.
async fn drive(program: &str, tenant: &Tenant) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(program);
    let world = json!({
        "baseUrl": format!("http://{}", tenant.server.http),
        "accountSid": tenant.account.sid,
        "apiKey": tenant.account.key,
        "hook": tenant.app.url("/call"),
        "otherHook": tenant.app.url("/other"),
        "statusHook": tenant.app.url("/status"),
        "caller": CALLER,
        "called": CALLED,
    });
    let mut command = clients::node(&script);
    command.env("WORLD", world.to_string());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told.lines().map(str::to_owned).collect()
}

fn pauses() -> Value {
    json!([{"verb": "pause", "length": 60}])
}

#[tokio::test]
async fn the_older_client_has_calls_messages_and_applications() {
    let tenant = Tenant::new(pauses()).await;
    tenant
        .app
        .answers("/other", json!([{"verb": "tag", "data": {"redirected": true}}, {"verb": "pause", "length": 60}]));
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    tenant.app.answers("/send", json!({"id": "out-1"}));
    let provider = json!({"name": "peerless", "parameters": {"url": tenant.app.url("/send")}});
    let _ = tenant.v1(Method::POST, "/MessageProviders", provider).await.with_status(201);
    let told = drive("node-client.cjs", &tenant).await;
    assert_eq!(
        told,
        [
            "applications.create",
            "applications.retrieve",
            "applications.list",
            "applications.delete",
            "calls.create",
            "calls.retrieve",
            "calls.list",
            "calls.update",
            "calls.delete",
            "messages.create",
        ]
    );
    assert_eq!(tenant.app.requests("/send").remove(0).body["text"], "good morning");
    carrier.finished().await;
}

#[tokio::test]
async fn the_current_client_has_calls_conferences_and_queues() {
    let tenant = Tenant::new(pauses()).await;
    tenant
        .app
        .answers("/other", json!([{"verb": "tag", "data": {"redirected": true}}, {"verb": "pause", "length": 60}]));
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let told = drive("sdk-client.mjs", &tenant).await;
    assert_eq!(
        told,
        [
            "calls.create",
            "calls.get",
            "calls.list",
            "calls.count",
            "calls.redirect",
            "calls.update",
            "calls.whisper",
            "calls.mute",
            "calls.updateAgent",
            "calls.transfer",
            "calls.noiseIsolation",
            "calls.delete",
            "conferences.list",
            "queues.list",
        ]
    );
    carrier.reports(" hung up ").await;
}
