use serde_json::{Map, json};
use strowger_model::Owner;
use strowger_model::time::GREGORIAN_OFFSET;
use strowger_rows::{SelectorRow, SelectorRows};
use strowger_sandbox::Sandbox;
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt};

use super::*;
use crate::router::Router;

fn row(resource: &str, selector: &str, value: &str) -> SelectorRow {
    SelectorRow {
        name: "lcr".into(),
        selector: selector.into(),
        resource: resource.into(),
        value: Some(value.into()),
        start_time: None,
        stop_time: None,
        extra: Map::new(),
    }
}

/// The rows over a pool of the carriers `a` and `b`.
async fn table(rows: Vec<SelectorRow>) -> DecisionRows {
    let store: Arc<dyn Store> = MemoryStore::new();
    for id in ["a", "b"] {
        let carrier = json!({"id": id, "name": id, "gateways": [{"server": "sip.example.com"}]});
        store.put(Key::new(Owner::System, Kind::Resource, id), carrier, Expect::Absent).await.unwrap();
    }
    SelectorRows::new(Arc::clone(&store)).put(Owner::System, rows, None).await.unwrap();
    let sandbox = Arc::new(Sandbox::new(strowger_sandbox::SandboxConfig::default()).unwrap());
    Router::new(store, sandbox).rows_of(Owner::System).await.unwrap()
}

#[tokio::test]
async fn every_prefix_of_the_number_is_found_with_its_length() {
    let rows = vec![row("a", "1", "0.3"), row("a", "1512", "0.1"), row("b", "1650", "0.2"), row("x", "1", "9")];
    let hits = table(rows).await.prefixes("lcr", "+15125550177", 0);
    assert_eq!(hits, Hits { rows: vec![0, 0], lengths: vec![1, 4], values: vec![0.3, 0.1] });
}

#[tokio::test]
async fn rows_outside_their_validity_are_not_seen() {
    let expired = SelectorRow { stop_time: Some(GREGORIAN_OFFSET + 100), ..row("a", "1", "0.3") };
    let table = table(vec![expired]).await;
    assert_eq!(table.present("lcr", 100), vec![0]);
    assert!(table.present("lcr", 101).is_empty());
    assert!(table.lowest("lcr", 101).rows.is_empty());
}

#[tokio::test]
async fn a_carrier_is_sorted_by_its_lowest_value() {
    let table = table(vec![row("a", "1", "0.3"), row("a", "2", "0.1"), row("a", "3", "none")]).await;
    assert_eq!(table.lowest("lcr", 0), Hits { rows: vec![0], lengths: vec![0], values: vec![0.1] });
}

#[tokio::test]
async fn expressions_and_contained_texts_match() {
    let table = table(vec![row("a", "^14(1|2)", "1"), row("b", "55", "2"), row("b", "(", "3")]).await;
    let hits = table.matching("lcr", "142550", 0);
    assert_eq!((hits.rows, hits.values), (vec![1, 0], vec![2.0, 1.0]));
    assert_eq!(table.selectors("lcr", 1, 0), ["(", "55"]);
}
