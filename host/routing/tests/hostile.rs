//! Plugins that misbehave: the step is named, the limit is named, and the next call is routed as before.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use serde_json::{Value, json};
use strowger_model::{Chain, Owner};
use strowger_routing::{Route, RouteRequest};
use strowger_sandbox::Grants;
use support::{Fixture, sandbox};

async fn fixture() -> Fixture {
    sandbox().await.install("hostile", "1.0.0", strowger_hostile::SELECTOR, Grants::default()).await.unwrap();
    Fixture::with_resources(&json!([{"_id": "a", "name": "A", "gateways": [{"server": "a.example"}], "rules": ["."]}]))
        .await
}

async fn route(fixture: &Fixture, rules: Value) -> Route {
    let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    let rules = Some(Chain::parse(&rules).unwrap());
    let fields = fields.as_object().unwrap().clone();
    let request =
        RouteRequest { owner: Owner::System, fields, route_by: None, rules, time: None, explain: true, call: None };
    fixture.router.route(request).await.unwrap()
}

fn with_misdeed(parameters: &Value) -> Value {
    json!([{"get_resources": {}}, {"hostile": parameters}, {"order": {"value": "resource:weight_cost"}}])
}

#[tokio::test]
async fn every_misdeed_is_told_by_step_and_limit_and_harms_no_other_call() {
    let fixture = fixture().await;
    let misdeeds = [
        ("loop", &["fuel", "time"][..]),
        ("grow", &["memory", "fuel", "time"]),
        ("trap", &["trap"]),
        ("recurse", &["stack", "fuel", "trap"]),
        ("host_calls", &["host_calls", "fuel", "time"]),
        ("log", &["host_calls", "fuel", "time"]),
        ("row_outside", &["invalid_result"]),
        ("row_twice", &["invalid_result"]),
        ("long_text", &["invalid_result"]),
    ];
    for (misdeed, kinds) in misdeeds {
        let failed = route(&fixture, with_misdeed(&json!({ "misdeed": misdeed }))).await;
        let failure = failed.failure.unwrap();
        assert_eq!((failure.step, failure.module.as_str()), (1, "hostile"), "{misdeed}");
        assert!(kinds.contains(&failure.kind), "{misdeed}: {}", failure.message);
        assert!(failed.resources.is_empty() && failed.endpoints.is_empty(), "{misdeed}");
        let next = route(&fixture, json!([{"get_resources": {}}])).await;
        assert_eq!(next.resources, ["a"], "the call after {misdeed}");
    }
}

#[tokio::test]
async fn a_misdeed_while_preparing_is_told_likewise() {
    let fixture = fixture().await;
    for misdeed in ["loop", "grow", "trap"] {
        let failed = route(&fixture, with_misdeed(&json!({ "misdeed": misdeed, "when": "prepare" }))).await;
        assert_eq!(failed.failure.unwrap().module, "hostile", "{misdeed}");
    }
}

#[tokio::test]
async fn the_step_decides_what_its_failure_does() {
    let fixture = fixture().await;
    let chain = |on_error: &str| json!([{"get_resources": {}}, {"hostile": {"misdeed": "trap"}, "on_error": on_error}]);
    let skipped = route(&fixture, chain("skip")).await;
    assert_eq!(skipped.resources, ["a"]);
    assert!(skipped.failure.is_none());
    assert!(skipped.trace.iter().any(|step| step.error.is_some()), "the trace still tells it");
    let emptied = route(&fixture, chain("empty")).await;
    assert!(emptied.resources.is_empty() && emptied.failure.is_none());
}

#[tokio::test]
async fn a_saved_chain_recovers_when_its_plugin_trapped() {
    let fixture = fixture().await;
    fixture.save_chain(Owner::System, with_misdeed(&json!({"misdeed": "trap"}))).await;
    let fields = json!({"To-DID": "+15125550177"});
    for _ in 0..3 {
        let request = RouteRequest::call(Owner::System, fields.as_object().unwrap().clone());
        let failure = fixture.router.route(request).await.unwrap().failure.unwrap();
        assert_eq!(failure.kind, "trap");
    }
    fixture.save_chain(Owner::System, json!([{"get_resources": {}}])).await;
    let request = RouteRequest::call(Owner::System, fields.as_object().unwrap().clone());
    assert_eq!(fixture.router.route(request).await.unwrap().resources, ["a"]);
}
