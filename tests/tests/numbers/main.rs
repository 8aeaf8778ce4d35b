//! Telephone numbers by the hundred thousand, added by the running binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod crash;
mod documented;
mod size;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

/// The longest that a job may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// So many different numbers, ascending.
pub(crate) fn range(count: u64) -> Vec<String> {
    (0..count).map(|n| format!("+1415{:07}", 2_000_000 + n)).collect()
}

/// Makes a job of these numbers, and answers its path below the account's.
pub(crate) async fn job(tenant: &Tenant, numbers: &[String]) -> String {
    let body = json!({"data": {"numbers": numbers, "resource_id": "a"}});
    let made = tenant.v2(Method::PUT, "/resources/jobs", body).await.with_status(201);
    format!("/resources/jobs/{}", made.data()["id"].as_str().expect("an id"))
}

/// The row of the account's one job.
pub(crate) async fn row(tenant: &Tenant) -> Value {
    let list = tenant.v2(Method::GET, "/resources/jobs", Value::Null).await.with_status(200);
    assert_eq!(list.data().as_array().map(Vec::len), Some(1), "{}", list.text);
    list.data()[0].clone()
}

/// The row of the account's one job as soon as it is as it should be.
pub(crate) async fn until(tenant: &Tenant, is_so: impl Fn(&Value) -> bool) -> Value {
    let asked = Instant::now();
    loop {
        let row = row(tenant).await;
        if is_so(&row) {
            return row;
        }
        assert!(asked.elapsed() < PATIENCE, "waited in vain: {row}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The row of the account's one job when it is over.
pub(crate) async fn over(tenant: &Tenant) -> Value {
    until(tenant, |row| row["status"] == "complete").await
}

/// All numbers that the account has, ascending.
pub(crate) async fn numbers(tenant: &Tenant) -> Vec<String> {
    let (mut found, mut start) = (Vec::new(), String::new());
    loop {
        let path = format!("/phone_numbers?ascending=true&page_size=1000{start}");
        let page = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200);
        let rows = page.data().as_array().expect("a list").iter();
        found.extend(rows.map(|row| row["id"].as_str().expect("a number").to_owned()));
        let Some(next) = page.body["next_start_key"].as_str() else { return found };
        start = format!("&start_key={next}");
    }
}
