//! Least-cost routing: rows give each carrier a price by prefix, the longest prefix counts, the cheapest carrier goes first.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

use crate::tenant;

async fn priced(prices: &[(&str, &str, &str)]) -> Tenant {
    let tenant = tenant().await;
    for id in ["a", "b", "c"] {
        tenant.carrier(id, 5060).await;
    }
    load(&tenant, prices).await;
    let rules = json!([
        {"get_resources": {}},
        {"filter_prefix": {"value_a": "number", "value_b": "database:lcr", "action": "keep"}},
        {"order": {"value": "database:lcr", "direction": "ascend"}},
    ]);
    let body = json!({"data": {"rules": rules}});
    let _ = tenant.v2(Method::POST, "/resource_selectors/rules", body).await.with_status(200);
    tenant
}

async fn load(tenant: &Tenant, prices: &[(&str, &str, &str)]) {
    let row = |(selector, resource, value): &(&str, &str, &str)| json!({"name": "lcr", "selector": selector, "resource": resource, "value": value});
    let rows: Vec<Value> = prices.iter().map(row).collect();
    let count = rows.len();
    let loaded = tenant.v2(Method::PUT, "/resource_selectors/rows", json!({ "data": rows })).await.with_status(201);
    assert_eq!(loaded.data(), &json!({ "count": count }));
}

async fn routed(tenant: &Tenant, number: &str) -> Value {
    let body = json!({"data": {"To-DID": number}});
    tenant.v2(Method::POST, "/resource_selectors/route", body).await.with_status(200).data()["resources"].clone()
}

#[tokio::test]
async fn the_longest_prefix_of_each_carrier_prices_it() {
    let tenant = priced(&[("1", "a", "0.10"), ("1512", "a", "0.90"), ("1", "b", "0.50"), ("44", "c", "0.01")]).await;
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["b", "a"]));
    assert_eq!(routed(&tenant, "+12125550177").await, json!(["a", "b"]));
    assert_eq!(routed(&tenant, "+442079460000").await, json!(["c"]));
    assert_eq!(routed(&tenant, "+81312345678").await, json!([]));
}

#[tokio::test]
async fn prices_are_compared_as_numbers() {
    let tenant = priced(&[("1", "a", "10"), ("1", "b", "9.5"), ("1", "c", "0.105")]).await;
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["c", "b", "a"]));
}

#[tokio::test]
async fn a_new_price_counts_from_the_next_call_on() {
    let tenant = priced(&[("1", "a", "0.10"), ("1", "b", "0.20")]).await;
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["a", "b"]));
    load(&tenant, &[("1", "a", "0.30")]).await;
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["b", "a"]));
}

#[tokio::test]
async fn ten_thousand_rows_are_one_request() {
    let prefixes: Vec<String> = (0..10_000).map(|n| format!("1{n:04}")).collect();
    let rows: Vec<(&str, &str, &str)> = prefixes.iter().map(|prefix| (prefix.as_str(), "a", "0.10")).collect();
    let tenant = priced(&rows).await;
    load(&tenant, &[("15125", "b", "0.05"), ("1512", "c", "0.07")]).await;
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["b", "c", "a"]));
}
