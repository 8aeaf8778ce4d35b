use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use super::{account, body, conflict_on, key, numbered, put};
use crate::{Expect, Key, MAX_BATCH, Store, StoreError, StoreExt, Write};

pub(super) async fn a_batch_is_all_or_nothing(store: &Arc<dyn Store>) {
    let owner = account();
    let (old, new, wrong) = (key(owner, "old"), key(owner, "new"), key(owner, "wrong"));
    put(store, &old, numbered(0)).await;
    let batch = vec![
        Write::put(new.clone(), numbered(1), Expect::Absent),
        Write::delete(old.clone(), Expect::Present),
        Write::put(wrong.clone(), numbered(2), Expect::Present),
    ];
    conflict_on(store.commit(batch.clone()).await, &wrong);
    assert_eq!([body(store, &old).await, body(store, &new).await], [Some(numbered(0)), None]);
    put(store, &wrong, numbered(0)).await;
    let revisions = store.commit(batch).await.unwrap();
    let written: Vec<_> = revisions.iter().map(Option::is_some).collect();
    assert_eq!(written, [true, false, true]);
    let bodies = [body(store, &old).await, body(store, &new).await, body(store, &wrong).await];
    assert_eq!(bodies, [None, Some(numbered(1)), Some(numbered(2))]);
    assert!(store.commit(Vec::new()).await.unwrap().is_empty());
}

pub(super) async fn a_later_write_of_a_batch_sees_the_earlier_one(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let batch = vec![
        Write::put(key.clone(), numbered(1), Expect::Absent),
        Write::put(key.clone(), numbered(2), Expect::Present),
        Write::delete(key.clone(), Expect::Present),
        Write::put(key.clone(), numbered(3), Expect::Absent),
    ];
    let revisions = store.commit(batch).await.unwrap();
    let read = store.get(&key).await.unwrap().unwrap();
    assert_eq!((Some(&read.revision), read.body), (revisions[3].as_ref(), numbered(3)));
}

pub(super) async fn a_batch_has_a_bound(store: &Arc<dyn Store>) {
    let owner = account();
    let batch = (0..=MAX_BATCH).map(|n| Write::put(key(owner, &n.to_string()), json!(0), Expect::Anything)).collect();
    assert!(matches!(store.commit(batch).await, Err(StoreError::Fault(_))));
    assert_eq!(body(store, &key(owner, "0")).await, None);
}

/// Sixteen tasks add to one number, each by reading it and writing it only if nobody has since.
pub(super) async fn of_many_who_compare_and_set_one_wins_each_round(store: &Arc<dyn Store>) {
    const TASKS: usize = 16;
    const ROUNDS: usize = 5;
    let key = key(account(), "counter");
    put(store, &key, numbered(0)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (store, key) = (store.clone(), key.clone());
        tasks.spawn(async move {
            for _ in 0..ROUNDS {
                while !add_one(&store, &key).await {}
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(body(store, &key).await, Some(numbered(TASKS * ROUNDS)));
}

async fn add_one(store: &Arc<dyn Store>, key: &Key) -> bool {
    let read = store.get(key).await.unwrap().unwrap();
    // Between reading and writing, the others have their turn.
    tokio::task::yield_now().await;
    let n = usize::try_from(read.body["n"].as_u64().unwrap()).unwrap();
    match store.put(key.clone(), numbered(n + 1), Expect::Revision(read.revision)).await {
        Ok(_) => true,
        Err(StoreError::Conflict(_)) => false,
        Err(error) => panic!("{error}"),
    }
}
