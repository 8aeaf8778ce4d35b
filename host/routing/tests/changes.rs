//! What is acknowledged is routed by: from the next decision on, under traffic too.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_routing::{Route, RouteError, RouteRequest};
use strowger_rows::{Mode, Publication, SelectorRow};
use strowger_store::{Expect, Key, Kind, StoreExt};
use support::Fixture;

fn carrier(id: &str, weight: u32) -> Value {
    json!({"_id": id, "name": id, "weight_cost": weight, "gateways": [{"server": "h"}], "rules": ["."]})
}

async fn route(fixture: &Fixture, owner: Owner) -> Route {
    fixture.router.route(RouteRequest::call(owner, number())).await.unwrap()
}

fn number() -> Map<String, Value> {
    let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    fields.as_object().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_decision_after_a_write_sees_it_whatever_else_is_routed() {
    let fixture = Arc::new(Fixture::with_resources(&json!([carrier("a", 50)])).await);
    let traffic: Vec<_> = (0..4)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move {
                for _ in 0..100 {
                    assert!(!route(&fixture, Owner::System).await.resources.is_empty());
                }
            })
        })
        .collect();
    for round in 0..25 {
        let (id, weight) = (format!("b{round:02}"), 40 - round);
        fixture.save_resource(Owner::System, &carrier(&id, weight)).await;
        assert_eq!(route(&fixture, Owner::System).await.resources.first(), Some(&id));
    }
    for task in traffic {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn an_account_is_routed_over_its_own_carriers_and_over_the_global_ones_where_it_has_none() {
    let fixture = Fixture::with_resources(&json!([carrier("global", 50)])).await;
    let account = AccountId::random();
    assert_eq!(route(&fixture, account.into()).await.resources, ["global"]);
    fixture.save_resource(account.into(), &carrier("own", 50)).await;
    assert_eq!(route(&fixture, account.into()).await.resources, ["own"]);
    assert_eq!(route(&fixture, AccountId::random().into()).await.resources, ["global"]);
}

#[tokio::test]
async fn the_setting_hunt_overrides_which_carriers_are_used() {
    let fixture = Fixture::with_resources(&json!([carrier("global", 10)])).await;
    let account = AccountId::random();
    fixture.save_resource(account.into(), &carrier("own", 50)).await;
    for (hunt, expected) in
        [("local", &["own"][..]), ("global", &["global"]), ("local_then_global", &["own", "global"])]
    {
        let key = Key::new(Owner::System, Kind::Account, account.hex());
        fixture.store.put(key, json!({ "hunt": hunt }), Expect::Anything).await.unwrap();
        assert_eq!(route(&fixture, account.into()).await.resources, expected, "{hunt}");
    }
}

#[tokio::test]
async fn the_chain_is_the_accounts_or_else_the_systems() {
    let fixture = Fixture::with_resources(&json!([carrier("a", 50), carrier("b", 10)])).await;
    let account = AccountId::random();
    fixture.save_chain(Owner::System, json!([{"get_resources": {}}])).await;
    assert_eq!(route(&fixture, account.into()).await.resources, ["a", "b"]);
    let by_weight = json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost"}}]);
    fixture.save_chain(account.into(), by_weight).await;
    assert_eq!(route(&fixture, account.into()).await.resources, ["b", "a"]);
    assert_eq!(route(&fixture, AccountId::random().into()).await.resources, ["a", "b"]);
}

#[tokio::test]
async fn while_the_store_is_away_calls_are_routed_by_what_is_in_memory() {
    let fixture = Fixture::with_resources(&json!([carrier("a", 50)])).await;
    assert_eq!(route(&fixture, Owner::System).await.resources, ["a"]);
    fixture.way.set_away(true);
    // Somebody else has another way to the store, and the change is heard of.
    fixture.save_resource(Owner::System, &carrier("b", 10)).await;
    for _ in 0..3 {
        assert_eq!(route(&fixture, Owner::System).await.resources, ["a"]);
    }
    let unknown = fixture.router.route(RouteRequest::call(AccountId::random(), number())).await;
    assert!(matches!(unknown, Err(RouteError::Store(_))), "nothing of that account is in memory");
    fixture.way.set_away(false);
    let returned = async {
        while route(&fixture, Owner::System).await.resources != ["b", "a"] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), returned).await.unwrap();
}

fn priced(carrier: &str, price: u32) -> SelectorRow {
    let row = json!({"name": "lcr", "selector": "1512", "resource": carrier, "value": price.to_string()});
    SelectorRow::from_document(row.as_object().unwrap().clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_change_under_traffic_count_from_the_next_decision_on() {
    let fixture = Arc::new(Fixture::with_resources(&json!([carrier("a", 50), carrier("b", 50)])).await);
    let chain = json!([
        {"get_resources": {}},
        {"filter_prefix": {"value_a": "number", "value_b": "database:lcr", "action": "keep"}},
        {"order": {"value": "database:lcr", "direction": "ascend"}}
    ]);
    fixture.save_chain(Owner::System, chain).await;
    let rows = fixture.router.rows().clone();
    rows.put(Owner::System, vec![priced("a", 10), priced("b", 20)], None).await.unwrap();
    assert_eq!(route(&fixture, Owner::System).await.resources, ["a", "b"]);
    let traffic: Vec<_> = (0..4)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move {
                for _ in 0..50 {
                    assert_eq!(route(&fixture, Owner::System).await.resources.len(), 2);
                }
            })
        })
        .collect();
    for round in 0..10 {
        let cheap = if round % 2 == 0 { "b" } else { "a" };
        let dear = if round % 2 == 0 { "a" } else { "b" };
        let changed = vec![priced(cheap, 1), priced(dear, 2)];
        if round < 5 {
            rows.put(Owner::System, changed, None).await.unwrap();
        } else {
            let run = rows.stage(Owner::System, changed).await.unwrap();
            let (id, runs) = (round.to_string(), vec![run]);
            let publication = Publication { id, runs, mode: Mode::Replace, fence: None, author: None };
            rows.publish(Owner::System, publication).await.unwrap();
        }
        assert_eq!(route(&fixture, Owner::System).await.resources, [cheap, dear], "round {round}");
    }
    for task in traffic {
        task.await.unwrap();
    }
}
