//! The server dies in the middle of a million rows.

use std::fmt::Write as _;

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{names, over, route_by_price, routed, started, task, until};

const ROWS: u64 = 1_000_000;

/// Every so many rows one has no carrier.
const BROKEN: u64 = 100_000;

/// Prices of two carriers for half a million prefixes of numbers, the second one always cheaper.
fn prices() -> String {
    let mut file = "name,selector,resource,value\n".to_owned();
    for row in 0..ROWS {
        let (prefix, carrier) = (100_000 + row / 2, ["a", "b"][usize::from(row % 2 == 1)]);
        writeln!(file, "lcr,1{prefix},{carrier},{}", 10 - row % 2).unwrap();
        if row % BROKEN == 0 {
            writeln!(file, "lcr,1{prefix},,1").unwrap();
        }
    }
    file
}

/// Imports while the server is killed, and compares what is there with the file.
async fn a_task_goes_on_where_it_was(start: impl AsyncFn() -> Server) {
    let file = prices();
    let tenant = Tenant::on(start().await, json!([])).await;
    for carrier in ["a", "b"] {
        tenant.carrier(carrier, 5060).await;
    }
    route_by_price(&tenant).await;
    let path = started(&tenant, "action=import", &file).await;
    let midst = |task: &Value| task["success_count"].as_u64() >= Some(ROWS / 4);
    let before = until(&tenant, &path, midst).await;
    assert_eq!(before["status"], "executing", "{before}");
    assert_eq!(names(&tenant).await, json!([]), "nothing is seen before all is");
    assert_eq!(routed(&tenant, "+11000000000").await, json!([]));
    tenant.server.clone().kill();

    let tenant = tenant.at(&start().await);
    let seen = task(&tenant, &path).await;
    assert!(seen["success_count"].as_u64() >= before["success_count"].as_u64(), "{before} {seen}");
    let task = over(&tenant, &path).await;
    let broken = ROWS / BROKEN;
    assert_eq!(task["status"], "partial", "{task}");
    assert_eq!(task["total_count"], ROWS + broken);
    assert_eq!((&task["success_count"], &task["failure_count"]), (&json!(ROWS), &json!(broken)));
    assert_eq!(task["rows"], json!({"added": ROWS, "changed": 0, "removed": 0}));
    assert_eq!(names(&tenant).await, json!([{"lcr": ROWS}]));
    let errors = tenant.v2(Method::GET, &format!("{path}?csv_name=error.csv"), Value::Null).await.with_status(200);
    let lines = errors.text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse::<u64>().unwrap());
    let expected = (0..broken).map(|index| 3 + index * (BROKEN + 1));
    assert!(lines.eq(expected), "{}", errors.text);
    assert_eq!(routed(&tenant, "+11000000000").await, json!(["b", "a"]));
    assert_eq!(routed(&tenant, "+15999990000").await, json!(["b", "a"]));

    // A file that says what is there changes nothing: nothing was lost on the way, and the count says that nothing came in twice.
    let path = started(&tenant, "action=import", &file).await;
    assert_eq!(over(&tenant, &path).await["rows"], json!({"added": 0, "changed": 0, "removed": 0}));
    assert_eq!(names(&tenant).await, json!([{"lcr": ROWS}]));
}

#[tokio::test]
async fn an_import_goes_on_after_a_crash_on_the_embedded_store() {
    let data = TempDir::new().unwrap();
    let start =
        async || Server::start_with(ServerOptions { data: Some(data.path().into()), ..ServerOptions::default() }).await;
    a_task_goes_on_where_it_was(start).await;
}

#[tokio::test]
async fn an_import_goes_on_after_a_crash_on_redis() {
    let redis = Redis::start();
    let start =
        async || Server::start_with(ServerOptions { redis: Some(redis.url()), ..ServerOptions::default() }).await;
    a_task_goes_on_where_it_was(start).await;
}
