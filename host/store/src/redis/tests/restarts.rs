use std::time::{Duration, Instant};

use strowger_test_redis::Redis;
use tokio::time::timeout;

use super::{PATIENCE, account, heard, key, number, open, persist, put, tells_of};
use crate::{Notice, Store, StoreError};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_it_is_said_soon_and_afterwards_all_is_there() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let key = key(account(), "r1");
    put(&store, &key, 1).await.unwrap();
    redis.kill();
    let start = Instant::now();
    for _ in 0..20 {
        let refused = put(&store, &key, 2).await;
        assert!(matches!(refused, Err(StoreError::Unreachable(_))), "{refused:?}");
        assert!(matches!(store.get(&key).await, Err(StoreError::Unreachable(_))));
    }
    assert!(start.elapsed() < Duration::from_secs(20), "once it is known, nobody waits for it");
    redis.restart();
    assert_eq!(persist(async || store.get(&key).await).await.unwrap().body["n"], 1);
    persist(async || put(&store, &key, 3).await).await;
    assert_eq!(number(&store, &key).await, Some(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_hangs_is_as_one_that_is_away() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let key = key(account(), "r1");
    put(&store, &key, 1).await.unwrap();
    redis.pause();
    for _ in 0..2 {
        let refused = timeout(PATIENCE, put(&store, &key, 2)).await.expect("an answer");
        assert!(matches!(refused, Err(StoreError::Unreachable(_))), "{refused:?}");
    }
    redis.resume();
    persist(async || put(&store, &key, 3).await).await;
    assert_eq!(number(&store, &key).await, Some(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_absence_is_waited_for() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let key = key(account(), "r1");
    put(&store, &key, 1).await.unwrap();
    redis.kill();
    let (written, ()) = tokio::join!(put(&store, &key, 2), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tokio::task::block_in_place(|| redis.restart());
    });
    assert!(written.unwrap().0.starts_with("2-"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_during_an_absence_is_told_as_missed() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let mut changes = store.changes();
    let key = key(account(), "r1");
    put(&store, &key, 1).await.unwrap();
    assert!(tells_of(&key)(&changes.next().await.unwrap()));
    redis.restart();
    heard(&mut changes, |notice| *notice == Notice::Missed(None)).await;
    persist(async || put(&store, &key, 2).await).await;
    heard(&mut changes, tells_of(&key)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mailboxes_are_heard_again() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let mut changes = store.changes();
    let mut mailbox = store.mailbox("node:1").await.unwrap();
    redis.restart();
    heard(&mut changes, |notice| *notice == Notice::Missed(None)).await;
    persist(async || store.post("node:1", "again".into()).await).await;
    assert_eq!(mailbox.next().await.unwrap(), "again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_store_refuses_everything() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let key = key(account(), "r1");
    put(&store, &key, 1).await.unwrap();
    let mut changes = store.changes();
    store.close().await;
    assert!(matches!(put(&store, &key, 2).await, Err(StoreError::Unreachable(_))));
    drop(store);
    while changes.next().await.is_some() {}
    let store = open(&redis.url()).await;
    assert_eq!(number(&store, &key).await, Some(1));
}
