//! A step whose plugin fails is answered by its fallbacks, within the same call, and a version that keeps failing is left alone.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use serde_json::{Value, json};
use strowger_model::chain::OnError;
use strowger_model::{Chain, Owner};
use strowger_routing::{Route, RouteRequest, Rung};
use strowger_sandbox::Grants;
use support::{Fixture, sandbox};

async fn fixture() -> Fixture {
    sandbox().await.install("hostile", "1.0.0", strowger_hostile::SELECTOR, Grants::default()).await.unwrap();
    let carrier = |id: &str, weight: u32| json!({"_id": id, "name": id, "weight_cost": weight, "gateways": [{"server": "a.example"}], "rules": ["."]});
    Fixture::with_resources(&json!([carrier("a", 50), carrier("b", 10)])).await
}

fn request() -> RouteRequest {
    let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    RouteRequest::call(Owner::System, fields.as_object().unwrap().clone())
}

async fn routed(fixture: &Fixture) -> Route {
    fixture.router.route(request()).await.unwrap()
}

async fn tried(fixture: &Fixture, rules: Value) -> Route {
    let rules = Some(Chain::parse(&rules).unwrap());
    fixture.router.route(RouteRequest { rules, ..request() }).await.unwrap()
}

/// A chain whose second step is that misdeed, with that beside it.
fn chain(misdeed: &Value, beside: &Value) -> Value {
    let mut step = json!({ "hostile": misdeed });
    step.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
    json!([{"get_resources": {}}, step])
}

fn by_weight() -> Value {
    json!({"fallback": "order", "fallback_parameters": {"value": "resource:weight_cost"}})
}

#[tokio::test]
async fn whatever_goes_wrong_the_fallback_answers_within_the_same_call() {
    let fixture = fixture().await;
    for misdeed in ["loop", "grow", "trap", "recurse", "host_calls", "row_outside", "row_twice"] {
        for when in ["select", "prepare"] {
            if when == "prepare" && misdeed.starts_with("row") {
                continue;
            }
            let route = tried(&fixture, chain(&json!({"misdeed": misdeed, "when": when}), &by_weight())).await;
            assert_eq!(
                (route.resources, route.failure),
                (vec!["b".to_owned(), "a".to_owned()], None),
                "{misdeed} {when}"
            );
            let step = &route.trace[1];
            assert_eq!((step.rung, step.tried.len()), (Rung::Fallback(0), 1), "{misdeed} {when}");
            assert!(step.plugin.as_ref().unwrap().starts_with("order@"), "{step:?}");
            assert!(step.tried[0].plugin.starts_with("hostile@") && step.error.is_none(), "{step:?}");
        }
    }
}

#[tokio::test]
async fn the_rungs_are_tried_in_order_and_on_error_is_the_last() {
    let fixture = fixture().await;
    let (trap, order) = (json!({"misdeed": "trap"}), json!({"order": {"value": "resource:weight_cost"}}));
    let second = chain(&trap, &json!({"fallback": ["nobody", {"hostile": {"misdeed": "loop"}}, order]}));
    let route = tried(&fixture, second).await;
    assert_eq!(route.trace[1].rung, Rung::Fallback(2));
    let kinds: Vec<_> = route.trace[1].tried.iter().map(|tried| tried.kind).collect();
    assert_eq!((kinds[0], kinds[1]), ("trap", "not_installed"));
    assert!(["fuel", "time"].contains(&kinds[2]), "{kinds:?}");
    let skipped = tried(&fixture, chain(&trap, &json!({"fallback": "nobody", "on_error": "skip"}))).await;
    assert_eq!((skipped.trace[1].rung, skipped.resources.len()), (Rung::OnError(OnError::Skip), 2));
    let failed = tried(&fixture, chain(&trap, &json!({"fallback": "hostile"}))).await;
    assert_eq!(failed.trace[1].rung, Rung::OnError(OnError::Fail));
    assert_eq!(failed.failure.unwrap().kind, "trap");
}

#[tokio::test]
async fn a_healthy_step_is_answered_by_its_own_plugin() {
    let fixture = fixture().await;
    let rules = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost", "direction": "descend"}, "fallback": "null"}]);
    let route = tried(&fixture, rules).await;
    assert_eq!(route.resources, ["a", "b"], "{:?}", route.trace);
    assert!(route.trace.iter().all(|step| step.rung == Rung::Step && !step.is_degraded()), "{:?}", route.trace);
}

#[tokio::test]
async fn a_version_that_keeps_failing_is_left_alone() {
    let fixture = fixture().await;
    fixture.save_chain(Owner::System, chain(&json!({"misdeed": "trap"}), &by_weight())).await;
    let mut kinds = Vec::new();
    for _ in 0..8 {
        let route = routed(&fixture).await;
        assert_eq!((route.resources, route.failure), (vec!["b".to_owned(), "a".to_owned()], None));
        kinds.push(route.trace[1].tried[0].kind);
    }
    assert_eq!(kinds, ["trap", "trap", "trap", "trap", "trap", "left_alone", "left_alone", "left_alone"]);
    // Another chain of the same account: the version is the same.
    fixture.save_chain(Owner::System, chain(&json!({"misdeed": "trap"}), &json!({"on_error": "skip"}))).await;
    let skipped = routed(&fixture).await;
    assert_eq!((skipped.trace[1].tried[0].kind, skipped.resources.len()), ("left_alone", 2));
}

#[tokio::test]
async fn what_nothing_comes_after_is_tried_however_often_it_failed() {
    let fixture = fixture().await;
    fixture.save_chain(Owner::System, chain(&json!({"misdeed": "trap"}), &json!({}))).await;
    for _ in 0..8 {
        assert_eq!(routed(&fixture).await.failure.unwrap().kind, "trap");
    }
}

#[tokio::test]
async fn a_chain_is_saved_with_fallbacks_that_take_their_parameters_only() {
    let fixture = fixture().await;
    let check = async |rules: Value| {
        let checked = fixture.router.check_rules(Owner::System, &rules).await;
        checked.map(|_| ()).map_err(|error| error.to_string())
    };
    let trap = json!({"misdeed": "trap"});
    assert_eq!(check(chain(&trap, &by_weight())).await, Ok(()));
    assert_eq!(check(chain(&trap, &json!({"fallback": "hostile@1.0.0"}))).await, Ok(()));
    for (beside, path) in [
        (json!({"fallback": "order"}), "rules.1.fallback"),
        (json!({"fallback": "nobody"}), "rules.1.fallback"),
        (json!({"fallback": "formatter"}), "rules.1.fallback"),
        (json!({"fallback": "order", "fallback_parameters": {"value": 7}}), "rules.1.fallback_parameters"),
        (json!({"fallback": ["hostile", {"order": {}}]}), "rules.1.fallback.1"),
    ] {
        let refused = check(chain(&trap, &beside)).await.unwrap_err();
        assert!(refused.contains(path), "{beside}: {refused}");
    }
}
