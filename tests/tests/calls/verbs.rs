//! Verbs run one after the other; what cannot run is told to the status hook.

use serde_json::{Value, json};
use strowger_tests::{Method, PlacedCall, PracticeCarrier, Server, Tenant};

/// A call that was answered and ran these verbs to its end.
async fn run(verbs: Value) -> (Tenant, Value, Vec<Value>) {
    let tenant = Tenant::new(verbs).await;
    let (record, events) = run_on(&tenant, json!({})).await;
    (tenant, record, events)
}

async fn run_on(tenant: &Tenant, fields: Value) -> (Value, Vec<Value>) {
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let call: PlacedCall<'_> = tenant.call_with(fields).await;
    let record = call.ended().await;
    carrier.reports(" hung up ").await;
    let events = tenant.app.events(&call.sid).await;
    (record, events)
}

fn fault(events: &[Value]) -> &str {
    let mut faults = events.iter().filter_map(|event| event["error"].as_str());
    let fault = faults.next().expect("a fault is told");
    assert_eq!(faults.next(), None, "a fault is told once");
    fault
}

#[tokio::test]
async fn a_verb_that_is_not_built_ends_the_script_and_is_named() {
    let (_, record, events) =
        run(json!([{"verb": "say", "text": "hello"}, {"verb": "tag", "data": {"reached": 1}}])).await;
    assert_eq!(fault(&events), "say: this verb is not built");
    assert_eq!(record["call_status"], "completed");
    assert_eq!(record["termination_reason"], "say: this verb is not built");
    assert!(record.get("customerData").is_none(), "nothing runs after it");
}

#[tokio::test]
async fn digits_and_requests_are_verbs_too() {
    let carrier = PracticeCarrier::start(200, &[]);
    let tenant = Tenant::new(json!([
        {"verb": "dtmf", "dtmf": "1#A", "duration": 60},
        {"verb": "sip:request", "method": "INFO", "body": "Signal=7", "headers": {"Content-Type": "application/dtmf-relay"}},
    ]))
    .await;
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call_with(json!({})).await.ended().await;
    assert_eq!(record["call_status"], "completed");
    carrier.reports("digits 1#A7").await;
}

#[tokio::test]
async fn an_unknown_verb_spoils_the_whole_script() {
    let (_, record, events) = run(json!([{"verb": "tag", "data": {"reached": 1}}, {"verb": "paws"}])).await;
    assert!(fault(&events).contains("invalid instruction: paws"), "{}", fault(&events));
    assert!(record["termination_reason"].as_str().unwrap().contains("paws"), "{record}");
    assert!(record.get("customerData").is_none(), "a script is read before it runs");
}

#[tokio::test]
async fn a_prompt_that_is_not_there_is_told_and_the_script_goes_on() {
    let (_, record, events) =
        run(json!([{"verb": "play", "url": "file:nowhere.wav"}, {"verb": "tag", "data": {"after": 1}}])).await;
    assert_eq!(fault(&events), "play: file:nowhere.wav: no such file in the media folder");
    assert_eq!(record["customerData"], json!({"after": 1}));
}

#[tokio::test]
async fn no_prompt_lies_outside_the_media_folder() {
    let _shared = Server::shared().await;
    for name in ["../strowger.redb", "/etc/passwd", "a/../../b.wav"] {
        let (_, _, events) = run(json!([{"verb": "play", "url": format!("file:{name}")}])).await;
        assert!(fault(&events).ends_with("not a name within the media folder"), "{}", fault(&events));
    }
}

#[tokio::test]
async fn both_spellings_of_a_verb_run() {
    let (_, record, _) =
        run(json!([{"tag": {"data": {"a": 1}}}, {"verb": "pause", "length": 0.1}, {"hangup": {}}])).await;
    assert_eq!(record["customerData"], json!({"a": 1}));
}

#[tokio::test]
async fn redirect_asks_another_path_of_the_same_server() {
    let tenant = Tenant::new(json!([{"verb": "redirect", "actionHook": "/next"}])).await;
    tenant.app.answers("/next", json!([{"verb": "tag", "data": {"next": true}}]));
    let (record, _) = run_on(&tenant, json!({})).await;
    assert_eq!(record["customerData"], json!({"next": true}));
    assert_eq!(tenant.app.requests("/next").len(), 1);
}

#[tokio::test]
async fn the_call_hook_is_told_of_the_answered_call() {
    let (tenant, record, _) = run(json!([{"verb": "hangup"}])).await;
    let asked = tenant.app.requests("/call");
    assert_eq!(asked.len(), 1);
    let told = &asked[0].body;
    for field in ["call_sid", "account_sid", "call_id", "from", "to", "direction"] {
        assert_eq!(told[field], record[field], "{field}");
    }
    assert_eq!((&told["call_status"], &told["sip_status"]), (&json!("in-progress"), &json!(200)));
    assert!(told["defaults"]["synthesizer"].is_object());
}

#[tokio::test]
async fn a_call_hook_that_answers_nonsense_ends_the_call() {
    let _shared = Server::shared().await;
    for (status, body) in [(500, json!({})), (200, json!("hangup")), (200, json!([7])), (404, json!([]))] {
        let tenant = Tenant::new(json!([])).await;
        tenant.app.answers_with("/call", status, body.clone());
        let (record, events) = run_on(&tenant, json!({})).await;
        assert!(fault(&events).starts_with("call_hook failed: "), "{status} {body}: {}", fault(&events));
        assert_eq!(record["call_status"], "completed");
    }
}

#[tokio::test]
async fn app_json_takes_the_place_of_the_call_hook() {
    let tenant = Tenant::new(json!([])).await;
    let (record, _) = run_on(&tenant, json!({"app_json": "[{\"verb\": \"tag\", \"data\": {\"inline\": 1}}]"})).await;
    assert_eq!(record["customerData"], json!({"inline": 1}));
    assert!(tenant.app.requests("/call").is_empty());
}

#[tokio::test]
async fn an_application_answers_by_its_sid() {
    let tenant = Tenant::new(json!([{"verb": "tag", "data": {"application": 1}}])).await;
    let application = json!({
        "name": "menu",
        "call_hook": {"url": tenant.app.url("/call")},
        "call_status_hook": {"url": tenant.app.url("/status")},
    });
    let created = tenant.v1(Method::POST, "/Applications", application).await.with_status(201).body;
    let fields = json!({"application_sid": created["sid"], "call_hook": null, "call_status_hook": null});
    let (record, _) = run_on(&tenant, fields).await;
    assert_eq!(record["application_sid"], created["sid"]);
    assert_eq!(record["customerData"], json!({"application": 1}));
}
