use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use strowger_model::Owner;
use strowger_test_redis::Redis;
use tokio::task::JoinSet;

use super::{account, key, number, open, persist, put};
use crate::{RedisStore, StoreError};

const ROUNDS: usize = 200;
const WRITERS: usize = 4;

/// Writes numbers, ascending, until it is told to end. Answers the last one that was acknowledged, and the last one that was tried.
async fn write(store: Arc<RedisStore>, owner: Owner, id: String, ends: Arc<AtomicBool>) -> (u64, u64) {
    let key = key(owner, &id);
    let (mut acknowledged, mut tried) = (0, 0);
    while !ends.load(Ordering::SeqCst) {
        tried += 1;
        match put(&store, &key, tried).await {
            Ok(_) => acknowledged = tried,
            Err(StoreError::Unreachable(_) | StoreError::Overloaded) => {}
            Err(error) => panic!("{error}"),
        }
        // All of it is read again at each start.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    (acknowledged, tried)
}

/// Redis is killed again and again under concurrent writes; with its append-only file, nothing acknowledged may be missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_however_often_redis_is_killed() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let owner = account();
    let mut writes = 0;
    for round in 0..ROUNDS {
        let ends = Arc::new(AtomicBool::new(false));
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let id = format!("{round}-{writer}");
            let work = write(store.clone(), owner, id.clone(), ends.clone());
            writers.spawn(async move { (id, work.await) });
        }
        tokio::time::sleep(Duration::from_millis(20 + (round as u64 * 7) % 30)).await;
        tokio::task::block_in_place(|| redis.restart());
        ends.store(true, Ordering::SeqCst);
        for (id, (acknowledged, tried)) in writers.join_all().await {
            let key = key(owner, &id);
            persist(async || crate::Store::get(&*store, &key).await).await;
            let found = number(&store, &key).await.unwrap_or(0);
            assert!((acknowledged..=tried).contains(&found), "round {round}: {acknowledged} of {tried}, found {found}");
            writes += acknowledged;
        }
    }
    assert!(writes > ROUNDS as u64, "there was something to lose: {writes}");
}
