//! As many numbers as one request may have.

use std::time::Instant;

use serde_json::{Value, json};
use strowger_tests::{Method, Server, Tenant};

use crate::{job, over, range};

#[tokio::test]
async fn a_job_of_100_000_numbers_is_done_and_read_in_one_piece_and_no_more_are_taken() {
    let tenant = Tenant::on(Server::start().await, json!([])).await;
    tenant.carrier("a", 5060).await;
    let numbers = range(100_000);
    let began = Instant::now();
    let path = job(&tenant, &numbers).await;
    let made = began.elapsed();
    over(&tenant).await;
    let rate = numbers.len() as f64 / began.elapsed().as_secs_f64();
    let began = Instant::now();
    let told = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200);
    println!("made in {made:?}, {rate:.0} numbers/s, read in {:?}, {} MB", began.elapsed(), told.text.len() >> 20);
    assert_eq!(told.data()["successes"].as_object().map(serde_json::Map::len), Some(numbers.len()));
    let many = range(100_001);
    let body = json!({"data": {"numbers": many, "resource_id": "a"}});
    let refused = tenant.v2(Method::PUT, "/resources/jobs", body).await.with_status(400);
    assert_eq!(refused.data()["numbers"]["maxItems"]["target"], 100_000);
}
