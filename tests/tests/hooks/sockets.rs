//! Applications over WebSockets, made with the published SDK.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strowger_tests::{Method, PlacedCall, PracticeCarrier, Tenant, clients, eventually};

use super::raw::{RawServer, Then};
use super::{customer, proof};

/// A process of Node.js with an endpoint of `@jambonz/sdk`; ended when dropped.
struct Application {
    child: Child,
    port: u64,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Application {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/socket-app.mjs");
        let mut child = clients::node(&script).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut messages = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
        let port = messages.next().expect("it listens")["listening"].as_u64().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        std::thread::spawn(move || messages.for_each(|message| told.lock().unwrap().push(message)));
        Self { child, port, heard }
    }

    fn url(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.port)
    }

    /// What it heard of that kind.
    fn heard(&self, kind: &str) -> Vec<Value> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|message| message["heard"] == kind).map(|message| message["data"].clone()).collect()
    }

    /// The states of the call, once the last one is there.
    async fn states(&self, last: &str) -> Vec<Value> {
        eventually("the last state", async || {
            let states: Vec<Value> =
                self.heard("call:status").iter().map(|status| status["call_status"].clone()).collect();
            states.contains(&json!(last)).then_some(states)
        })
        .await
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A call whose application is over there.
async fn call<'t>(tenant: &'t Tenant, hook: Value) -> PlacedCall<'t> {
    tenant.call_with(json!({"call_hook": hook, "call_status_hook": null})).await
}

async fn world() -> (Application, Tenant, PracticeCarrier) {
    let (tenant, carrier) = customer(json!([])).await;
    (Application::start(), tenant, carrier)
}

#[tokio::test]
async fn the_published_sdk_runs_a_call() {
    let (application, tenant, _carrier) = world().await;
    let hook = json!({"url": application.url("/script"), "username": "ann", "password": "s3cret"});
    let record = call(&tenant, hook).await.ended().await;
    assert_eq!(record["customerData"], json!({"reason": "playFailed"}));
    assert_eq!(record["call_termination_by"], "jambonz");
    let begun = &application.heard("session:new")[0];
    assert_eq!((&begun["call_sid"], &begun["call_status"]), (&record["call_sid"], &json!("in-progress")));
    assert_eq!(
        (&begun["authorization"], &begun["protocol"]),
        (&json!("Basic YW5uOnMzY3JldA=="), &json!("ws.jambonz.org"))
    );
    assert!(begun["defaults"]["synthesizer"].is_object());
    let played = &application.heard("/played")[0];
    assert_eq!((&played["reason"], &played["verb_id"]), (&json!("playFailed"), &json!("p1")));
    let states = application.states("completed").await;
    let changes: Vec<&Value> = application_changes(&states);
    assert_eq!(changes, ["trying", "in-progress", "completed"]);
    eventually("the session to be closed", async || {
        application.heard("close").pop().filter(|close| close["code"] == 1000)
    })
    .await;
}

#[tokio::test]
async fn an_application_is_told_its_variables() {
    let (application, tenant, _carrier) = world().await;
    let hook = json!({"url": application.url("/script")});
    let vars = json!({"LANGUAGE": "nl"});
    let body = json!({"name": "app", "call_hook": hook, "call_status_hook": hook, "env_vars": vars});
    let made = tenant.v1(Method::POST, "/Applications", body).await.with_status(201).body;
    let fields = json!({"application_sid": made["sid"], "call_hook": null, "call_status_hook": null});
    tenant.call_with(fields).await.ended().await;
    assert_eq!(application.heard("session:new")[0]["env_vars"], vars);
}

/// The states without those that only tell of a fault.
fn application_changes(states: &[Value]) -> Vec<&Value> {
    let mut changes: Vec<&Value> = states.iter().collect();
    changes.dedup();
    changes
}

#[tokio::test]
async fn an_application_sends_commands_while_its_call_waits() {
    let (application, tenant, _carrier) = world().await;
    let record = call(&tenant, json!(application.url("/live"))).await.ended().await;
    assert_eq!(record["customerData"], json!({"by": "verbs"}));
    assert_eq!(record.get("termination_reason"), None, "the last verbs that it queued hung up");
    let errors: Vec<Value> = application.heard("jambonz:error").iter().map(|error| error["error"].clone()).collect();
    let expected = format!(
        "mute_status needs a dial or a conference, and call_sid {} has none",
        record["call_sid"].as_str().unwrap()
    );
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.contains(&json!(expected)) && errors.contains(&json!("dance: unknown command")), "{errors:?}");
}

#[tokio::test]
async fn a_call_waits_for_its_application_until_somebody_ends_it() {
    let (application, tenant, _carrier) = world().await;
    let call = call(&tenant, json!(application.url("/waiting"))).await;
    eventually("the session", async || application.heard("session:new").pop()).await;
    assert_eq!(call.reaches("in-progress").await["call_status"], "in-progress");
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    assert_eq!(application.states("completed").await.last(), Some(&json!("completed")));
}

#[tokio::test]
async fn a_call_outlasts_a_connection_that_is_lost_and_ends_with_an_application_that_leaves() {
    let (application, tenant, _carrier) = world().await;
    let record = call(&tenant, json!(application.url("/lost"))).await.ended().await;
    assert_eq!(record["customerData"], json!({"back": true}));
    assert_eq!(application.heard("session:new").len(), 2);
    let record = call(&tenant, json!(application.url("/leaving"))).await.ended().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("completed"), &json!("jambonz")));
}

#[tokio::test]
async fn an_application_that_does_not_answer_or_is_none_ends_the_call() {
    let (application, tenant, _carrier) = world().await;
    let record = call(&tenant, json!(application.url("/silent"))).await.ended().await;
    assert_eq!(record["termination_reason"], "call_hook failed: websocket did not acknowledge in time");
    let web = RawServer::answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Then::Close).await;
    let url = web.url().replace("http:", "ws:");
    let record = call(&tenant, json!(url)).await.ended().await;
    assert_eq!(record["termination_reason"], "call_hook failed: websocket answered 404");
    let hanging = RawServer::answering("", Then::Hang).await;
    let record = call(&tenant, json!(hanging.url().replace("http:", "ws:"))).await.ended().await;
    assert_eq!(record["termination_reason"], "call_hook failed: websocket did not accept a connection in time");
}

#[tokio::test]
async fn a_call_goes_over_to_a_web_server_and_from_one() {
    let (application, tenant, _carrier) = world().await;
    tenant.app.answers("/call", proof());
    let fields = json!({
        "call_hook": application.url("/to-http"), "call_status_hook": null, "tag": {"web": tenant.app.url("/call")},
    });
    let record = tenant.call_with(fields).await.ended().await;
    assert_eq!((&record["customerData"], tenant.app.requests("/call").len()), (&json!({"ran": true}), 1));

    tenant.app.answers("/over", json!([{"verb": "redirect", "actionHook": application.url("/script")}]));
    let fields = json!({"call_hook": tenant.app.url("/over")});
    let record = tenant.call_with(fields).await.ended().await;
    assert_eq!(record["customerData"], json!({"reason": "playFailed"}));
    assert_eq!(
        tenant.app.events(record["call_sid"].as_str().unwrap()).await.last().unwrap()["call_status"],
        "completed"
    );
}

#[tokio::test]
async fn states_go_over_a_socket_only_beside_its_call_hook() {
    let (tenant, _carrier) = customer(json!([])).await;
    let body = tenant.call_body(json!({"call_status_hook": "ws://127.0.0.1:1/"}));
    let refused = tenant.v1(Method::POST, "/Calls", body).await.with_status(400);
    assert_eq!(refused.body["msg"], "call_status_hook url can be ws or wss only where that of the call_hook is");
}
