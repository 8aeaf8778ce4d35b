//! Imports while calls are routed.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

use crate::{names, over, route_by_price, routed, started, task};

const ROWS: u64 = 20_000;

/// A price list in which that carrier is the cheapest for every number that begins with 1512, by rows of another prefix each time.
fn prices(cheapest: &str, prefix: &str) -> String {
    let mut file = "name,selector,resource,value\n".to_owned();
    for carrier in ["a", "b"] {
        let price = if carrier == cheapest { "0.1" } else { "0.2" };
        writeln!(file, "lcr,{prefix},{carrier},{price}").unwrap();
        for row in 0..ROWS / 2 {
            writeln!(file, "lcr,44{row:05},{carrier},{price}").unwrap();
        }
    }
    file
}

async fn priced(file: &str) -> Tenant {
    let tenant = Tenant::new(json!([])).await;
    for carrier in ["a", "b"] {
        tenant.carrier(carrier, 5060).await;
    }
    route_by_price(&tenant).await;
    let path = started(&tenant, "action=import", file).await;
    assert_eq!(over(&tenant, &path).await["status"], "success");
    tenant
}

#[tokio::test]
async fn a_replacement_is_seen_as_a_whole_or_not_at_all() {
    let lists = [prices("a", "1"), prices("b", "1512")];
    let (old, new) = (json!(["a", "b"]), json!(["b", "a"]));
    let tenant = priced(&lists[0]).await;
    for (list, before, after) in [(&lists[1], &old, &new), (&lists[0], &new, &old)] {
        assert_eq!(routed(&tenant, "+15125550177").await, *before);
        let path = started(&tenant, "action=import&mode=replace", list).await;
        let mut seen = Vec::new();
        while task(&tenant, &path).await["status"] == "executing" {
            seen.push(routed(&tenant, "+15125550177").await);
            // No faster than a key may ask.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(task(&tenant, &path).await["status"], "success");
        assert_eq!(routed(&tenant, "+15125550177").await, *after);
        let changed = seen.iter().position(|route| route == after).unwrap_or(seen.len());
        let (first, second) = seen.split_at(changed);
        assert!(first.iter().all(|route| route == before) && second.iter().all(|route| route == after), "{seen:?}");
        assert_eq!(names(&tenant).await, json!([{"lcr": ROWS + 2}]));
    }
}

#[tokio::test]
async fn rows_of_a_file_are_deleted_again() {
    let list = prices("a", "1");
    let tenant = priced(&list).await;
    let rows: String = list.lines().map(|line| format!("{}\n", line.rsplit_once(',').unwrap().0)).collect();
    let path = started(&tenant, "action=delete", &(rows + "lcr,81,a\n")).await;
    let task = over(&tenant, &path).await;
    assert_eq!((&task["status"], &task["failure_count"]), (&json!("partial"), &json!(1)));
    assert_eq!(task["rows"]["removed"], ROWS + 2);
    let errors = tenant.v2(Method::GET, &format!("{path}?csv_name=error.csv"), Value::Null).await.with_status(200);
    assert_eq!(
        errors.text,
        format!("line,reason,name,selector,resource\n{},there is no such row,lcr,81,a\n", ROWS + 4)
    );
    assert_eq!(names(&tenant).await, json!([]));
    assert_eq!(routed(&tenant, "+15125550177").await, json!([]));
}

#[tokio::test]
async fn a_stopped_import_changes_nothing() {
    let tenant = priced(&prices("a", "1")).await;
    let mut list = prices("b", "1512");
    (0..300_000).for_each(|row| writeln!(list, "lcr,49{row:06},a,1").unwrap());
    let path = started(&tenant, "action=import", &list).await;
    let stopped = tenant.v2(Method::PATCH, &format!("{path}/stop"), Value::Null).await.with_status(200);
    assert_eq!(stopped.data()["_read_only"]["status"], "stopped");
    assert_eq!(routed(&tenant, "+15125550177").await, json!(["a", "b"]));
    assert_eq!(names(&tenant).await, json!([{"lcr": ROWS + 2}]));
    let _ = tenant.v2(Method::PATCH, &path, Value::Null).await.with_status(409);
    let _ = tenant.v2(Method::DELETE, &path, Value::Null).await.with_status(200);
    let _ = tenant.v2(Method::GET, &path, Value::Null).await.with_status(404);
}
