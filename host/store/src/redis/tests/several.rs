use std::time::Duration;

use serde_json::json;
use strowger_test_redis::Redis;
use tokio::task::JoinSet;

use super::{account, heard, key, number, open, put, tells_of};
use crate::{Batch, Expect, MAX_BATCH, Name, Notice, Store, StoreError, StoreExt, Write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hears_of_the_others_changes_in_order() {
    let redis = Redis::start();
    let (one, other) = (open(&redis.url()).await, open(&redis.url()).await);
    let (mut at_one, mut at_other) = (one.changes(), other.changes());
    let key = key(account(), "r1");
    let mut expected = Vec::new();
    for n in 0..50 {
        let store = if n % 2 == 0 { &one } else { &other };
        expected.push(Some(put(store, &key, n).await.unwrap()));
    }
    for changes in [&mut at_one, &mut at_other] {
        for revision in &expected {
            let Notice::Changed(change) = heard(changes, |_| true).await else { panic!("a change was missed") };
            assert_eq!(change.revision, *revision);
        }
        assert!(changes.try_next().is_none(), "each is told once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_who_compare_and_set_in_two_processes_one_wins_each_round() {
    let redis = Redis::start();
    let stores = [open(&redis.url()).await, open(&redis.url()).await];
    let key = key(account(), "counter");
    put(&stores[0], &key, 0).await.unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let (store, key) = (stores[task % 2].clone(), key.clone());
        tasks.spawn(async move {
            for _ in 0..5 {
                loop {
                    let read = store.get(&key).await.unwrap().unwrap();
                    let next = json!({"n": read.body["n"].as_u64().unwrap() + 1});
                    match store.put(key.clone(), next, Expect::Revision(read.revision)).await {
                        Ok(_) => break,
                        Err(StoreError::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(number(&stores[0], &key).await, Some(80));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_never_came_is_told_as_missed() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let mut changes = store.changes();
    let owner = account();
    put(&store, &key(owner, "r1"), 1).await.unwrap();
    heard(&mut changes, tells_of(&key(owner, "r1"))).await;
    let _ = redis.cli(&["INCR", &format!("strowger:{{{owner}}}:sequence")]);
    heard(&mut changes, |notice| *notice == Notice::Missed(Some(owner))).await;
    put(&store, &key(owner, "r1"), 2).await.unwrap();
    heard(&mut changes, tells_of(&key(owner, "r1"))).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(changes.try_next().is_none(), "it is told once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_and_leases_go_between_processes() {
    let redis = Redis::start();
    let (one, other) = (open(&redis.url()).await, open(&redis.url()).await);
    let mut mailbox = other.mailbox("node:2").await.unwrap();
    one.post("node:2", "hello".into()).await.unwrap();
    assert_eq!(mailbox.next().await.unwrap(), "hello");
    let name = Name::new(account(), "work");
    let lease = one.acquire(&name, "one", Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(other.acquire(&name, "other", Duration::from_secs(60)).await.unwrap(), None);
    one.release(&lease).await.unwrap();
    let newer = other.acquire(&name, "other", Duration::from_secs(60)).await.unwrap().unwrap();
    assert!(newer.token > lease.token);
    let late = one.apply(Batch::of(vec![]).under(&lease)).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))), "{late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_batch_is_one_step() {
    let redis = Redis::start();
    let store = open(&redis.url()).await;
    let owner = account();
    let write = |n: usize| Write::put(key(owner, &format!("{n:06}")), json!({"name": n.to_string()}), Expect::Absent);
    let revisions = store.commit((0..MAX_BATCH).map(write).collect()).await.unwrap();
    assert_eq!(revisions.len(), MAX_BATCH);
    assert_eq!(store.all(owner, crate::Kind::Resource).await.unwrap().len(), MAX_BATCH);
    let again = store.commit((0..MAX_BATCH).rev().map(write).collect()).await;
    assert!(matches!(again, Err(StoreError::Conflict(found)) if found.id == "099999"));
}
