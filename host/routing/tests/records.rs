//! What a call was decided with is recorded, told with its reasons, and made again.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use serde_json::{Value, json};
use strowger_model::{Chain, Owner};
use strowger_routing::{KEPT_DECISIONS, Record, ReplayError, Replayed, Route, RouteRequest, Router, Trial, records_of};
use strowger_store::{Direction, Name, Store};
use support::{Fixture, sandbox};

const CALLED: &str = "+15125550177";

fn carrier(id: &str, weight: u32, rule: &str) -> Value {
    json!({"_id": id, "name": id, "weight_cost": weight, "gateways": [{"server": "h"}], "rules": [rule]})
}

/// A router that records, over three carriers of which one does not take the number that is called.
async fn fixture() -> (Fixture, Router) {
    let carriers = json!([carrier("a", 50, "."), carrier("b", 10, "."), carrier("c", 20, "^\\+49")]);
    let fixture = Fixture::with_resources(&carriers).await;
    let router = Router::new(fixture.store.clone(), sandbox().await).recording();
    (fixture, router)
}

async fn call(router: &Router, sid: &str, number: &str) -> Route {
    let fields = json!({
        "To-DID": number, "Outbound-Caller-ID-Number": "+12025550100",
        "Custom-SIP-Headers": {"X-Auth": "1", "password": "hunter2"},
    });
    let request = RouteRequest::call(Owner::System, fields.as_object().unwrap().clone());
    router.route(RouteRequest { call: Some(sid.into()), ..request }).await.unwrap()
}

async fn records(fixture: &Fixture, router: &Router) -> Vec<Record> {
    router.settled().await;
    records_of(&*fixture.store, Owner::System, None, Direction::Descending, 5_000, |_| true).await.unwrap()
}

#[tokio::test]
async fn each_call_leaves_a_record_without_secrets() {
    let (fixture, router) = fixture().await;
    let route = call(&router, "call-1", CALLED).await;
    assert_eq!(route.resources, ["b", "a"]);
    let fields = json!({"To-DID": CALLED}).as_object().unwrap().clone();
    router.route(RouteRequest { explain: true, ..RouteRequest::call(Owner::System, fields) }).await.unwrap();
    let records = records(&fixture, &router).await;
    assert_eq!(records.len(), 1, "a question is no call");
    let shown = records[0].shown();
    assert_eq!((&shown["call"], &shown["number"], &shown["chosen"]), (&json!("call-1"), &json!(CALLED), &json!(2)));
    assert_eq!(shown["carriers"][0]["id"], "b");
    assert_eq!(shown["pool"]["carriers"], 3);
    let steps = shown["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 5);
    assert!(steps.iter().all(|step| step["rung"] == "step" && step["fuel"].as_u64() > Some(0)), "{steps:?}");
    assert!(!shown.to_string().contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_call_is_explained_as_long_as_chain_and_carriers_are_those_of_then() {
    let (fixture, router) = fixture().await;
    let _ = call(&router, "call-1", CALLED).await;
    let told = router.routing_of(Owner::System, "call-1").await.unwrap().unwrap();
    assert_eq!(told["explained"], true, "{told}");
    let dropped: Vec<_> =
        told["steps"].as_array().unwrap().iter().flat_map(|it| it["dropped"].as_array().unwrap()).collect();
    assert_eq!(dropped.len(), 1);
    assert_eq!(dropped[0]["id"], "c");
    fixture.save_resource(Owner::System, &carrier("d", 1, ".")).await;
    let told = router.routing_of(Owner::System, "call-1").await.unwrap().unwrap();
    assert_eq!((&told["explained"], &told["carriers"][0]["id"]), (&json!(false), &json!("b")), "{told}");
    assert!(told["reason"].as_str().unwrap().contains("carriers have changed"), "{told}");
    fixture.save_chain(Owner::System, json!([{"get_resources": {}}])).await;
    let told = router.routing_of(Owner::System, "call-1").await.unwrap().unwrap();
    assert!(told["reason"].as_str().unwrap().contains("chain"), "{told}");
    assert_eq!(router.routing_of(Owner::System, "nobody").await.unwrap(), None);
}

#[tokio::test]
async fn the_last_decisions_are_kept() {
    let (fixture, router) = fixture().await;
    let many = (0..5 * KEPT_DECISIONS).map(|number| json!({"call": format!("old-{number}")})).collect::<Vec<_>>();
    for entries in many.chunks(500) {
        fixture.store.append(&Name::new(Owner::System, "decisions"), entries.to_vec(), KEPT_DECISIONS).await.unwrap();
    }
    let _ = call(&router, "call-1", CALLED).await;
    let records = records(&fixture, &router).await;
    assert!((KEPT_DECISIONS..3 * KEPT_DECISIONS).contains(&records.len()), "{}", records.len());
    assert_eq!(records[0].text("call"), Some("call-1"));
}

async fn replayed(router: &Router, rules: Value) -> Replayed {
    router.replay(Owner::System, Trial::Chain(Chain::parse(&rules).unwrap()), 100).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_are_made_again_and_what_differs_is_told_with_reasons() {
    let (fixture, router) = fixture().await;
    for (sid, number) in [("call-1", CALLED), ("call-2", "+493012345"), ("call-3", CALLED)] {
        let _ = call(&router, sid, number).await;
    }
    let same = replayed(&router, Chain::default_chain().to_rules()).await;
    assert_eq!((same.compared, same.same, same.different, same.complete), (3, 3, 0, true), "{same:?}");
    assert!(same.fuel.before > 0 && same.fuel.before == same.fuel.after, "fuel is deterministic: {same:?}");
    let rules = json!([
        {"get_resources": {}},
        {"filter_regex": {"value_a": "number", "value_b": "resource:rules", "action": "keep"}},
        {"order": {"value": "resource:weight_cost", "direction": "descend"}},
    ]);
    let other = replayed(&router, rules).await;
    assert_eq!((other.compared, other.different), (3, 3), "{other:?}");
    let last = &other.differences[0];
    assert_eq!((last.call.as_deref(), last.number.as_deref()), (Some("call-3"), Some(CALLED)));
    assert_eq!((&last.before, &last.after), (&vec!["b".to_owned(), "a".into()], &vec!["a".to_owned(), "b".into()]));
    assert_eq!(last.reasons, ["the order differs"]);
    let none = replayed(&router, json!([{"get_resources": {}}, {"null": {}}])).await;
    let reasons = &none.differences[0].reasons;
    assert!(reasons.iter().any(|reason| reason.contains("b dropped by null@")), "{reasons:?}");
    assert_eq!(records(&fixture, &router).await.len(), 3, "a replay records nothing");
    let trial = Trial::Version { plugin: "nobody".into(), version: "1".into() };
    assert!(matches!(router.replay(Owner::System, trial, 1).await, Err(ReplayError::Find(_))));
    let version = strowger_bundle::plugins().iter().find(|plugin| plugin.name == "null").unwrap().version;
    let trial = Trial::Version { plugin: "null".into(), version: version.into() };
    assert!(matches!(router.replay(Owner::System, trial, 1).await, Err(ReplayError::NotNamed(_))));
}
