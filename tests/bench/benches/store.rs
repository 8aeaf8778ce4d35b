//! One document read and written, by one client and by sixteen at once, and a page of a thousand, on each store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_store::{
    Expect, Key, Kind, Listing, MemoryStore, RedbStore, RedisConfig, RedisStore, Scan, Store, StoreError, StoreExt,
    Write,
};
use strowger_test_redis::Redis;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const CLIENTS: [u64; 2] = [1, 16];
const LISTED: u32 = 1_000;

/// A store, its name in the table, and the documents in it.
struct Bench {
    name: &'static str,
    store: Arc<dyn Store>,
    owner: Owner,
}

#[derive(Clone, Copy)]
enum Work {
    Get,
    Put,
}

/// A resource of usual size.
fn body(n: u32) -> Value {
    let gateway =
        json!({"server": "sip.example.com", "port": 5060, "prefix": "+1", "username": "user", "password": "secret"});
    json!({"name": format!("Carrier {n}"), "pvt_created": n, "weight_cost": 30, "rules": ["^\\+1(\\d{10})$"], "gateways": [gateway]})
}

fn key(owner: Owner, n: u64) -> Key {
    Key::new(owner, Kind::Resource, format!("{n:06}"))
}

impl Bench {
    async fn fill(name: &'static str, store: Arc<dyn Store>) -> Result<Self, StoreError> {
        let owner = AccountId::random().into();
        let put = |n: u32| Write::put(key(owner, n.into()), body(n), Expect::Anything);
        store.commit((0..LISTED).map(put).collect()).await?;
        Ok(Self { name, store, owner })
    }

    /// How long the clients together take for so many operations.
    async fn operate(&self, work: Work, clients: u64, operations: u64) -> Duration {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for client in 0..clients {
            let mine = operations / clients + u64::from(client < operations % clients);
            let (store, key) = (self.store.clone(), key(self.owner, client));
            tasks.spawn(async move {
                for _ in 0..mine {
                    let done = match work {
                        Work::Get => store.get(&key).await.is_ok(),
                        Work::Put => store.put(key.clone(), body(0), Expect::Anything).await.is_ok(),
                    };
                    assert!(done, "the store failed");
                }
            });
        }
        tasks.join_all().await;
        start.elapsed()
    }
}

fn one_document(criterion: &mut Criterion, runtime: &Runtime, benches: &[Bench]) {
    for (name, work) in [("get", Work::Get), ("put", Work::Put)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        for bench in benches {
            for clients in CLIENTS {
                group.bench_function(BenchmarkId::new(bench.name, clients), |b| {
                    b.iter_custom(|operations| runtime.block_on(bench.operate(work, clients, operations)));
                });
            }
        }
        group.finish();
    }
}

fn list(criterion: &mut Criterion, runtime: &Runtime, benches: &[Bench]) {
    let mut group = criterion.benchmark_group("list_1000");
    group.throughput(Throughput::Elements(LISTED.into()));
    for bench in benches {
        let by_id = Scan::of(bench.owner, Kind::Resource);
        for (order, scan) in [("by_id", by_id.clone()), ("by_name", by_id.by(Listing::Name))] {
            group.bench_function(BenchmarkId::new(bench.name, order), |b| {
                b.iter(|| runtime.block_on(bench.store.scan(&scan)).is_ok_and(|page| page.documents.len() == 1_000));
            });
        }
    }
    group.finish();
}

fn stores(criterion: &mut Criterion) {
    let (Ok(runtime), Ok(folder)) = (Runtime::new(), tempfile::tempdir()) else { return };
    let Ok(embedded) = RedbStore::open(folder.path().join("store.redb")) else { return };
    let server = Redis::start();
    let Ok(config) = RedisConfig::parse(&server.url()) else { return };
    let Ok(redis) = runtime.block_on(RedisStore::open(config)) else { return };
    let stores: [(&str, Arc<dyn Store>); 3] = [("memory", MemoryStore::new()), ("redb", embedded), ("redis", redis)];
    let filled = stores.into_iter().map(|(name, store)| runtime.block_on(Bench::fill(name, store)));
    let Ok(benches) = filled.collect::<Result<Vec<_>, _>>() else { return };
    one_document(criterion, &runtime, &benches);
    list(criterion, &runtime, &benches);
}

criterion_group!(benches, stores);
criterion_main!(benches);
