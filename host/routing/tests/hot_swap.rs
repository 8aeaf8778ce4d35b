//! Another version takes effect for the next call; none is dropped, and none sees half of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must stop")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Change, Plugins, PluginsLimits};
use strowger_routing::{Route, RouteRequest, Router};
use strowger_rows::SelectorRows;
use strowger_store::Store;
use support::{Fixture, sandbox};

struct World {
    owner: Owner,
    plugins: Plugins,
    router: Router,
}

/// An account whose chain has a plugin of its own in two steps: version 1 passes the carriers on, version 2 drops them all.
async fn world() -> World {
    let carrier = |id: &str| json!({"_id": id, "name": id, "gateways": [{"server": "h"}], "rules": ["."]});
    let fixture = Fixture::with_resources(&json!([carrier("a"), carrier("b")])).await;
    let (owner, store) = (Owner::from(AccountId::random()), fixture.store.clone() as Arc<dyn Store>);
    let plugins = Plugins::new(Arc::clone(&store), sandbox().await, PluginsLimits::default());
    for (version, built_in) in [("1", "get_resources"), ("2", "null")] {
        let component = strowger_bundle::plugins().iter().find(|plugin| plugin.name == built_in).unwrap().component;
        let mut intake = plugins.take(owner, "mine", version, None).await.unwrap();
        intake.write(component).await.unwrap();
        intake.finish(None).await.unwrap();
        plugins.judge(owner, "mine", version).await.unwrap();
    }
    fixture.save_chain(owner, json!([{"get_resources": {}}, {"mine": {}}, {"mine": {}}])).await;
    let router = Router::with_plugins(Arc::clone(&store), plugins.clone(), SelectorRows::new(store));
    World { owner, plugins, router }
}

impl World {
    async fn route(&self) -> Route {
        let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
        self.router.route(RouteRequest::call(self.owner, fields.as_object().unwrap().clone())).await.unwrap()
    }

    /// Routes a call, which must be decided by one version wholly; which one.
    async fn version(&self) -> &'static str {
        let route = self.route().await;
        assert_eq!(route.failure, None, "no call is dropped");
        let by: Vec<&str> = route.trace.iter().skip(1).filter_map(|step| step.plugin.as_deref()).collect();
        match by.as_slice() {
            ["mine@1", "mine@1"] if route.resources == ["a", "b"] => "1",
            ["mine@2", "mine@2"] if route.resources.is_empty() => "2",
            other => panic!("{other:?} chose {:?}", route.resources),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_change_back_and_forth_under_traffic() {
    let world = Arc::new(world().await);
    let (over, routed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let traffic: Vec<_> = (0..4)
        .map(|_| {
            let (world, over, routed) = (Arc::clone(&world), Arc::clone(&over), Arc::clone(&routed));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let _ = world.version().await;
                    routed.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..40 {
        let version = if round % 2 == 0 { "2" } else { "1" };
        let change = Change { active: Some(Some(version.to_owned())), ..Change::default() };
        world.plugins.change(world.owner, "mine", &change, None).await.unwrap();
        assert_eq!(world.version().await, version, "the next call sees it");
    }
    over.store(true, Ordering::Relaxed);
    for task in traffic {
        task.await.unwrap();
    }
    assert!(routed.load(Ordering::Relaxed) > 0);
}
