//! Ten million rows, 20 carriers by 500,000 prefixes: what they take and what they cost. The number of prefixes may be given.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measurement prints, and stops without its subject")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Map;
use strowger_model::{AccountId, Owner};
use strowger_rows::{Hit, Mode, Publication, SelectorRow, SelectorRows};
use strowger_store::{RedbStore, Store};

const CARRIERS: u32 = 20;
const RUN: u32 = 5_000;
const LOOKUPS: u32 = 20_000;

/// Prefixes of four to seven digits, spread as a number plan's are.
fn row(prefix: u32, carrier: u32) -> SelectorRow {
    let price = (prefix.wrapping_mul(2_654_435_761) >> 16).wrapping_add(carrier * 37) % 2_000;
    SelectorRow {
        name: "lcr".into(),
        selector: number(prefix),
        resource: format!("{carrier:032x}"),
        value: Some(format!("0.{price:04}")),
        start_time: None,
        stop_time: None,
        extra: Map::new(),
    }
}

fn number(prefix: u32) -> String {
    let digits = format!("{:07}", prefix.wrapping_mul(19) % 10_000_000);
    match prefix % 10 {
        0 => digits.chars().take(5).chain([char::from(b'0' + u8::try_from(prefix / 10 % 10).unwrap_or(0))]).collect(),
        _ => digits,
    }
}

#[tokio::main]
async fn main() {
    let prefixes: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(500_000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    let owner = Owner::Account(AccountId::random());
    {
        let store: Arc<dyn Store> = RedbStore::open(&path).expect("a store");
        fill(&SelectorRows::new(Arc::clone(&store)), owner, prefixes).await;
        store.close().await;
    }
    let rows = SelectorRows::new(reopened(&path).await);
    let started = Instant::now();
    let book = rows.book(owner).await.expect("a book");
    println!("loading from the embedded store: {:.0?}", started.elapsed());
    let bytes = f64::from(u32::try_from(book.size()).unwrap_or(u32::MAX));
    let count = f64::from(u32::try_from(book.rows()).unwrap_or(u32::MAX));
    println!("rows: {count}, memory: {:.1} MiB, {:.2} bytes a row", bytes / 1_048_576.0, bytes / count);
    drop(book);
    look_up(&rows, owner, prefixes, "look-up over the parts").await;
    change(&rows, owner).await;
    look_up(&rows, owner, prefixes, "look-up with 101 single rows over them").await;
}

/// What reads in the background lets go of the store a moment after the last of its users.
async fn reopened(path: &Path) -> Arc<dyn Store> {
    for _ in 0..100 {
        match RedbStore::open(path) {
            Ok(store) => return store,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    RedbStore::open(path).expect("a store")
}

async fn fill(rows: &SelectorRows, owner: Owner, prefixes: u32) {
    let (mut runs, mut staging) = (Vec::new(), Duration::ZERO);
    for from in (0..prefixes).step_by(usize::try_from(RUN).unwrap_or(1)) {
        let until = prefixes.min(from + RUN);
        let run = (from..until).flat_map(|prefix| (0..CARRIERS).map(move |carrier| row(prefix, carrier))).collect();
        let started = Instant::now();
        runs.push(rows.stage(owner, run).await.expect("a run"));
        staging += started.elapsed();
    }
    println!("staging: {staging:.1?}, {}", Resident::read());
    Resident::forget_peak();
    let started = Instant::now();
    let publication = Publication { id: "all".into(), runs, mode: Mode::Upsert, fence: None, author: None };
    let published = rows.publish(owner, publication).await.expect("a publication");
    let table = rows.book(owner).await.expect("a book").size() >> 20;
    let (took, resident) = (started.elapsed(), Resident::read());
    println!("publishing {} rows: {took:.1?}, {resident}; the table has {table} MiB", published.added);
    let run = (0..10).map(|prefix| row(prefix * 49_999 % prefixes, 1)).map(|row| SelectorRow { value: None, ..row });
    let runs = vec![rows.stage(owner, run.collect()).await.expect("a run")];
    Resident::forget_peak();
    let started = Instant::now();
    let publication = Publication { id: "some".into(), runs, mode: Mode::Upsert, fence: None, author: None };
    let published = rows.publish(owner, publication).await.expect("a publication");
    println!("publishing {} changes: {:.1?}, {}", published.changed, started.elapsed(), Resident::read());
}

async fn look_up(rows: &SelectorRows, owner: Owner, prefixes: u32, what: &str) {
    let (mut all, mut worst, mut hits) = (Duration::ZERO, Duration::ZERO, 0_u64);
    for n in 0..LOOKUPS {
        let number = format!("{}1234", number(n.wrapping_mul(7_919) % prefixes));
        let started = Instant::now();
        let book = rows.current(owner).await.expect("a book");
        let table = book.table("lcr").expect("a table");
        table.prefixes(&number, 63_000_000_000, &mut |hit: Hit<'_>| {
            hits += 1;
            black_box(hit);
        });
        let took = started.elapsed();
        all += took;
        worst = worst.max(took);
    }
    println!("{what}: {:.2?} each, {worst:.1?} the slowest, {} rows each", all / LOOKUPS, hits / u64::from(LOOKUPS));
}

async fn change(rows: &SelectorRows, owner: Owner) {
    let mut took: Vec<Duration> = Vec::new();
    for n in 0..101 {
        let row = SelectorRow { value: Some(format!("9.{n}")), ..row(n * 31, n % CARRIERS) };
        let started = Instant::now();
        rows.put(owner, vec![row], None).await.expect("a change");
        let book = rows.current(owner).await.expect("a book");
        black_box(&book);
        took.push(started.elapsed());
    }
    took.sort_unstable();
    println!("a single row put, durable and seen: {:.1?} in the median", took.get(50).copied().unwrap_or_default());
}

/// Memory of this process, of which what is read of the store's file is a part.
struct Resident {
    now: u64,
    peak: u64,
}

impl Resident {
    fn read() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
        };
        Self { now: field("VmRSS:"), peak: field("VmHWM:") }
    }

    /// The peak is counted anew; without permission it goes on.
    fn forget_peak() {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
    }
}

impl std::fmt::Display for Resident {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} MiB resident, {} MiB at most", self.now, self.peak)
    }
}
