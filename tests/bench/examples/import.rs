//! Rows a second that a task imports from a CSV file, on each store: `import [ROWS]`, a million where it is left out.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and stops without its subject")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use strowger_jobs::tasks::{Action, Authors, Mode, Request, RunTask, Task, TaskLimits, Tasks};
use strowger_jobs::{JobRunner, JobsConfig};
use strowger_model::{AccountId, Owner};
use strowger_nodes::{Membership, NodeInfo};
use strowger_rows::SelectorRows;
use strowger_store::{RedbStore, RedisConfig, RedisStore, Store};
use strowger_test_redis::Redis;

const CARRIERS: u64 = 20;

/// Bytes that are handed over at once, as a connection does.
const PIECE: usize = 64 << 10;

#[tokio::main]
async fn main() {
    let rows = std::env::args().nth(1).map_or(1_000_000, |rows| rows.parse().expect("a number of rows"));
    let file = file(rows);
    println!("{rows} rows, {:.1} MB", file.len() as f64 / 1e6);
    let folder = tempfile::tempdir().expect("a folder");
    let embedded = RedbStore::open(folder.path().join("store.redb")).expect("a store");
    measure("embedded", embedded, &file, rows).await;
    let server = Redis::start();
    let config = RedisConfig::parse(&server.url()).expect("an address");
    let redis = RedisStore::open(config).await.expect("a store");
    measure("redis", redis, &file, rows).await;
}

/// A price list: each carrier's price for prefixes of four to nine digits.
fn file(rows: u64) -> String {
    let mut file = "name,selector,resource,value\n".to_owned();
    for row in 0..rows {
        let (carrier, prefix) = (row % CARRIERS, 1_000 + row / CARRIERS * 7);
        writeln!(file, "lcr,{prefix},RES-{carrier},0.{:04}", row * 31 % 9_973).expect("text grows");
    }
    file
}

async fn measure(name: &str, store: Arc<dyn Store>, file: &str, rows: u64) {
    let selector_rows = SelectorRows::new(Arc::clone(&store));
    let tasks = Tasks::new(Arc::clone(&store), selector_rows.clone(), TaskLimits::default());
    let info = NodeInfo { name: "n".into(), http: "http://127.0.0.1".into(), sip: "127.0.0.1:5060".into() };
    let nodes = Membership::start(Arc::clone(&store), info).await.expect("a node");
    let work = Arc::new(RunTask::new(Arc::clone(&store), selector_rows.clone()));
    let _runner = JobRunner::start(Arc::clone(&store), &nodes, vec![work], JobsConfig::default());
    let owner = AccountId::random().into();
    for mode in ["empty", "upsert", "replace"] {
        let started = Instant::now();
        let task = upload(&tasks, owner, file, mode).await;
        let uploaded = started.elapsed();
        let started = Instant::now();
        tasks.start(owner, &task.id, Authors::default()).await.expect("it starts");
        let task = ended(&tasks, owner, &task).await;
        let done = started.elapsed();
        let rate = |elapsed: Duration| rows as f64 / elapsed.as_secs_f64() / 1e3;
        let (up, run) = (rate(uploaded), rate(done));
        let (peak, published) = (peak(), task.published);
        println!(
            "{name:<9} {mode:<8} {up:>7.0} k rows/s uploaded {run:>7.0} k rows/s done {peak:>5} MiB {published:?}"
        );
    }
}

async fn upload(tasks: &Tasks, owner: Owner, file: &str, mode: &str) -> Task {
    let mode = if mode == "replace" { Mode::Replace } else { Mode::Upsert };
    let request = Request { action: Action::Import, mode, file_name: None, auth_account_id: None };
    let mut intake = tasks.take(owner, request);
    for piece in file.as_bytes().chunks(PIECE) {
        intake.write(piece).await.expect("the store takes it");
    }
    intake.finish(None).await.expect("a task").0
}

async fn ended(tasks: &Tasks, owner: Owner, task: &Task) -> Task {
    loop {
        let (task, _) = tasks.find(owner, &task.id).await.expect("the task");
        if task.status.is_final() {
            assert_eq!((task.failure_count, task.reason.as_ref()), (0, None), "rows failed");
            return task;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Most memory of this process up to now, in MiB: the file that is uploaded from memory, and the store's cache, among it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}
