//! The server dies in the middle of 100,000 numbers.

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{job, numbers, over, range, row, until};

const NUMBERS: u64 = 100_000;

/// Every so many of them one is none.
const BROKEN: usize = 1_000;

/// Numbers, of which some are none; and those that are.
fn given() -> (Vec<String>, Vec<String>) {
    let mut given = range(NUMBERS);
    given.iter_mut().step_by(BROKEN).for_each(|number| *number = format!("{number}x"));
    let sound = given.iter().filter(|number| !number.ends_with('x')).cloned().collect();
    (given, sound)
}

/// Kills the server in the middle of a job and compares what is there with what was asked for, once the job is over.
async fn a_job_goes_on_where_it_was(first: Server, second: impl AsyncFnOnce() -> Server) {
    let (given, sound) = given();
    let tenant = Tenant::on(first, json!([])).await;
    tenant.carrier("a", 5060).await;
    let path = job(&tenant, &given).await;
    let before = until(&tenant, |row| row["successes"].as_u64() >= Some(NUMBERS / 8)).await;
    assert_eq!(before["status"], "running", "{before}");
    assert_eq!(before["progress"]["total"], NUMBERS);
    tenant.server.clone().kill();

    let tenant = tenant.at(&second().await);
    let seen = row(&tenant).await;
    assert!(seen["successes"].as_u64() >= before["successes"].as_u64(), "{before} {seen}");
    let row = over(&tenant).await;
    assert_eq!((&row["successes"], &row["failures"]), (&json!(sound.len()), &json!(given.len() - sound.len())));
    let told = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200);
    let keys = |name: &str| -> Vec<&String> { told.data()[name].as_object().unwrap().keys().collect() };
    assert!(keys("successes").into_iter().eq(&sound));
    assert!(keys("errors").into_iter().eq(given.iter().filter(|number| number.ends_with('x'))));
    assert_eq!(told.data()["numbers"], json!(given));
    assert_eq!(numbers(&tenant).await, sound, "nothing is missing and nothing is there twice");
    for number in [&sound[0], &sound[sound.len() / 2], &sound[sound.len() - 1]] {
        let read = tenant.v2(Method::GET, &format!("/phone_numbers/{number}"), Value::Null).await.with_status(200);
        assert!(read.header("etag").starts_with("\"1-"), "it was written once: {}", read.text);
        assert_eq!(read.data(), &told.data()["successes"][number.as_str()]);
    }

    // The installation's entries say the same: somebody else gets none of them.
    let other = Tenant::on(tenant.server.clone(), json!([])).await;
    other.carrier("a", 5060).await;
    let wanted: Vec<String> = sound.iter().step_by(500).cloned().collect();
    job(&other, &wanted).await;
    let row = over(&other).await;
    assert_eq!((&row["successes"], &row["failures"]), (&json!(0), &json!(wanted.len())));
}

#[tokio::test]
async fn a_job_goes_on_after_a_crash_on_the_embedded_store() {
    let data = TempDir::new().unwrap();
    let start = async || {
        Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await
    };
    a_job_goes_on_where_it_was(start().await, start).await;
}

/// A node that is taken to be dead after two seconds.
async fn node(redis: &Redis) -> Server {
    let args = ["--job-recovery-threshold-s", "2"].map(str::to_owned).to_vec();
    Server::start_with(ServerOptions { redis: Some(redis.url()), args, ..ServerOptions::default() }).await
}

#[tokio::test]
async fn a_job_goes_on_after_a_crash_on_redis() {
    let redis = Redis::start();
    a_job_goes_on_where_it_was(node(&redis).await, async || node(&redis).await).await;
}

#[tokio::test]
async fn a_job_goes_on_at_another_node() {
    let redis = Redis::start();
    let first = node(&redis).await;
    let tenant = Tenant::on(first.clone(), json!([])).await;
    tenant.carrier("a", 5060).await;
    let all = range(NUMBERS);
    job(&tenant, &all).await;
    until(&tenant, |row| row["successes"].as_u64() > Some(0)).await;
    // It is there before the first one dies, and has had nothing to do with the job.
    let there = tenant.at(&node(&redis).await);
    assert_eq!(row(&there).await["status"], "running");
    first.kill();
    let row = over(&there).await;
    assert_eq!((&row["successes"], &row["failures"]), (&json!(all.len()), &json!(0)));
    assert_eq!(numbers(&there).await, all);
}
