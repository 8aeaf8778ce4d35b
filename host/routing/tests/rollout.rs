//! Versions that are tried on calls: a canary answers a share of them, a shadow is compared, and both are given up by themselves.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must stop")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Figures, Plugins, PluginsLimits, Rollout, RolloutState, WantedRollout};
use strowger_routing::{Route, RouteRequest, Router, Rung};
use strowger_rows::SelectorRows;
use strowger_store::Store;
use support::{Fixture, sandbox};

struct World {
    fixture: Fixture,
    owner: Owner,
    plugins: Plugins,
    router: Router,
}

fn built_in(name: &str) -> Vec<u8> {
    strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).unwrap().component.to_vec()
}

/// An account whose chain has a plugin of its own: version 1 passes the carriers on, version 2 is that component.
async fn world(second: Vec<u8>) -> World {
    let carrier = |id: &str| json!({"_id": id, "name": id, "gateways": [{"server": "h"}], "rules": ["."]});
    let fixture = Fixture::with_resources(&json!([carrier("a"), carrier("b")])).await;
    let (owner, store) = (Owner::from(AccountId::random()), fixture.store.clone() as Arc<dyn Store>);
    let plugins = Plugins::new(Arc::clone(&store), sandbox().await, PluginsLimits::default());
    for (version, component) in [("1", built_in("get_resources")), ("2", second)] {
        let mut intake = plugins.take(owner, "mine", version, None).await.unwrap();
        intake.write(&component).await.unwrap();
        intake.finish(None).await.unwrap();
        plugins.judge(owner, "mine", version).await.unwrap();
    }
    fixture.save_chain(owner, json!([{"get_resources": {}}, {"mine": {}}])).await;
    let router = Router::with_plugins(Arc::clone(&store), plugins.clone(), SelectorRows::new(store));
    World { fixture, owner, plugins, router }
}

impl World {
    async fn roll_out(&self, data: Value) {
        let wanted = WantedRollout::read(data.as_object().unwrap()).unwrap();
        self.plugins.roll_out(self.owner, "mine", &wanted, |_| true, None).await.unwrap();
    }

    async fn call(&self, caller: &str) -> Route {
        let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": caller});
        let request = RouteRequest::call(self.owner, fields.as_object().unwrap().clone());
        self.router.route(RouteRequest { call: Some(caller.to_owned()), ..request }).await.unwrap()
    }

    /// The callers of 300 that the version that is tried answers.
    async fn chosen(&self) -> HashSet<u32> {
        let mut chosen = HashSet::new();
        for caller in 0..300_u32 {
            let route = self.call(&format!("+1202555{caller:04}")).await;
            let step = route.trace.last().unwrap();
            match (step.rung, route.resources.len()) {
                (Rung::Canary, 0) => drop(chosen.insert(caller)),
                (Rung::Step, 2) => {}
                other => panic!("{other:?}"),
            }
        }
        chosen
    }

    async fn rollout(&self) -> (Rollout, Figures) {
        let (_, rollout, figures, _) = self.plugins.rollout(self.owner, "mine").await.unwrap();
        (rollout, figures)
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Rollout, &Figures) -> bool) -> (Rollout, Figures) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let (rollout, figures) = self.rollout().await;
            if is_so(&rollout, &figures) {
                return (rollout, figures);
            }
            assert!(Instant::now() < deadline, "{what}: {rollout:?} {figures:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_answers_its_share_of_the_callers_always_the_same_ones() {
    let world = world(built_in("null")).await;
    world.roll_out(json!({"version": "2", "mode": "canary", "percent": 30})).await;
    let first = world.chosen().await;
    assert!((55..=125).contains(&first.len()), "{} of 300 at 30 %", first.len());
    assert_eq!(world.chosen().await, first);
    world.roll_out(json!({"version": "2", "mode": "canary", "percent": 60})).await;
    let more = world.chosen().await;
    assert!(first.is_subset(&more) && more.len() > first.len());
    let (_, figures) = world.rollout().await;
    let expected = u64::try_from(2 * first.len() + more.len()).unwrap();
    assert_eq!((figures.candidate.calls, figures.active.calls), (expected, 900 - expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_that_fails_hurts_no_call_and_is_given_up_for_good() {
    let world = world(selector(Misdeed::Recursion)).await;
    world.roll_out(json!({"version": "2", "mode": "canary", "percent": 100, "abort": {"errors": 3}})).await;
    for caller in 0..5 {
        let route = world.call(&format!("+120255501{caller:02}")).await;
        assert_eq!((route.failure, route.resources.len()), (None, 2), "the active version answers");
        let tried: Vec<Rung> = route.trace.last().unwrap().tried.iter().map(|tried| tried.rung).collect();
        let asked = caller < 3;
        assert_eq!(tried, if asked { vec![Rung::Canary] } else { Vec::new() });
    }
    let (rollout, figures) = world.until("a roll-back", |rollout, _| !rollout.is_running()).await;
    assert_eq!((rollout.state, figures.candidate.errors), (RolloutState::RolledBack, 3));
    assert!(rollout.reason.unwrap().starts_with("3 of its last 3 calls failed"));
    assert_eq!(world.call("+12025550199").await.trace.last().unwrap().rung, Rung::Step);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_whose_fuel_is_beyond_its_budget_is_given_up() {
    let world = world(built_in("get_resources")).await;
    let abort = json!({"fuel": 1, "after_calls": 10});
    world.roll_out(json!({"version": "2", "mode": "canary", "percent": 100, "abort": abort})).await;
    for caller in 0..10 {
        assert_eq!(world.call(&format!("+120255501{caller:02}")).await.resources.len(), 2);
    }
    let (rollout, _) = world.until("a roll-back", |rollout, _| !rollout.is_running()).await;
    assert!(rollout.reason.unwrap().contains("fuel units a call"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shadow_is_compared_and_changes_no_call() {
    let world = world(built_in("null")).await;
    world.roll_out(json!({"version": "2", "mode": "shadow", "percent": 100})).await;
    for caller in 0..8 {
        let route = world.call(&format!("+120255501{caller:02}")).await;
        assert_eq!((route.resources.len(), route.trace.last().unwrap().rung), (2, Rung::Step));
    }
    let (rollout, figures) = world.until("comparisons", |_, figures| figures.compared + figures.dropped == 8).await;
    assert!(rollout.is_running(), "differences are not judged where that is not asked for");
    assert_eq!(figures.different, figures.compared);
    assert_eq!((figures.candidate.calls, figures.active.calls), (figures.compared, figures.compared));
    let difference = figures.differences.front().unwrap();
    assert_eq!((difference.before.len(), difference.after.len()), (2, 0));
    assert!(difference.reasons[0].contains("dropped by mine@2"), "{difference:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shadow_that_differs_too_often_or_fails_is_given_up() {
    let differs = world(built_in("null")).await;
    let abort = json!({"differences_percent": 10, "after_calls": 1});
    differs.roll_out(json!({"version": "2", "mode": "shadow", "percent": 100, "abort": abort})).await;
    let _ = differs.call("+12025550100").await;
    let (rollout, _) = differs.until("a roll-back", |rollout, _| !rollout.is_running()).await;
    assert!(rollout.reason.unwrap().contains("10 %"));
    let fails = world(selector(Misdeed::BadDiscriminant)).await;
    fails.roll_out(json!({"version": "2", "mode": "shadow", "percent": 100, "abort": {"errors": 2}})).await;
    for caller in ["+12025550100", "+12025550101"] {
        assert_eq!(fails.call(caller).await.resources.len(), 2);
    }
    let (rollout, figures) = fails.until("a roll-back", |rollout, _| !rollout.is_running()).await;
    assert_eq!((rollout.state, figures.candidate.errors), (RolloutState::RolledBack, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_is_tried_on() {
    let world = world(built_in("null")).await;
    world.roll_out(json!({"version": "2", "mode": "canary", "percent": 100})).await;
    let stranger = Owner::from(AccountId::random());
    world.fixture.save_chain(stranger, json!([{"get_resources": {}}])).await;
    let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    let route = world.router.route(RouteRequest::call(stranger, fields.as_object().unwrap().clone())).await.unwrap();
    assert_eq!((route.resources.len(), route.trace.last().unwrap().rung), (2, Rung::Step));
    world.fixture.save_chain(world.owner, json!([{"get_resources": {}}, {"mine@1": {}}])).await;
    assert_eq!(world.call("+12025550100").await.resources.len(), 2, "a version that is pinned is what it is");
}
