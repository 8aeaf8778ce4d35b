use std::sync::Arc;

use tokio::task::JoinSet;

use super::listener::Listener;
use super::{account, conflict_on, key, numbered, put};
use crate::{Expect, Key, Kind, Notice, Store, StoreExt, Write};

pub(super) async fn changes_come_in_the_order_of_their_commits(store: &Arc<dyn Store>) {
    let owner = account();
    let mut feed = Listener::to(&**store, owner);
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            for n in 0..10 {
                put(&store, &key(owner, &format!("t{task}")), numbered(n)).await;
            }
        });
    }
    tasks.join_all().await;
    for sequence in 1..=80 {
        assert_eq!(feed.change().await.sequence, sequence, "each change is told once, in order");
    }
}

pub(super) async fn a_change_that_is_told_can_be_read(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut feed = Listener::to(&**store, key.owner);
    let writer = tokio::spawn({
        let (store, key) = (store.clone(), key.clone());
        async move {
            for n in 0..50 {
                put(&store, &key, numbered(n)).await;
            }
        }
    });
    for n in 0..50 {
        let change = feed.change().await;
        let stored = store.get(&key).await.unwrap().unwrap();
        assert!(stored.body["n"].as_u64().unwrap() >= n, "{change:?} is told before it can be read");
    }
    writer.await.unwrap();
}

pub(super) async fn a_change_is_told_before_it_is_acknowledged(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut feed = store.changes();
    put(store, &key, numbered(1)).await;
    let mut told = std::iter::from_fn(|| feed.try_next());
    assert!(told.any(|notice| matches!(notice, Notice::Changed(change) if change.key == key)));
}

pub(super) async fn what_changes_nothing_is_not_told(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut feed = Listener::to(&**store, key.owner);
    store.delete(key.clone(), Expect::Anything).await.unwrap();
    conflict_on(store.put(key.clone(), numbered(1), Expect::Present).await, &key);
    let batch = vec![Write::put(key.clone(), numbered(1), Expect::Absent), Write::delete(key.clone(), Expect::Present)];
    let revision = store.commit(batch).await.unwrap().remove(0);
    let [written, removed] = [feed.change().await, feed.change().await];
    assert_eq!((written.sequence, written.revision), (1, revision), "the refused writes before it left no trace");
    assert_eq!((removed.sequence, removed.revision), (2, None));
}

pub(super) async fn a_very_large_batch_is_told_by_its_kinds(store: &Arc<dyn Store>) {
    let owner = account();
    let mut feed = Listener::to(&**store, owner);
    let write = |n: usize| Write::put(key(owner, &n.to_string()), numbered(n), Expect::Anything);
    store.commit((0..256).map(write).collect()).await.unwrap();
    for sequence in 1..=256 {
        assert_eq!(feed.change().await.sequence, sequence);
    }
    let own = key(owner, "0").kind;
    store.commit((0..257).map(write).collect()).await.unwrap();
    assert_eq!(feed.notice().await, Notice::Many { sequence: 257, owner, kinds: vec![own] });
    put(store, &key(owner, "0"), numbered(0)).await;
    assert_eq!(feed.change().await.sequence, 258, "as much as one change");
    let mut kinds = vec![Kind::SelectorRow, Kind::Task, own];
    let others = (0..300).map(|n| Key::new(owner, [Kind::Task, Kind::SelectorRow][n % 2], n.to_string()));
    let others = others.map(|key| Write::put(key, numbered(0), Expect::Absent)).chain([write(0)]);
    // What changes nothing is of no kind that changed.
    let nothing = Write::delete(Key::new(owner, Kind::User, "nobody"), Expect::Anything);
    store.commit(others.chain([nothing]).collect()).await.unwrap();
    kinds.sort_unstable();
    assert_eq!(feed.notice().await, Notice::Many { sequence: 259, owner, kinds: kinds.clone() });
    let history = store.history(owner, Some(256), 10).await.unwrap();
    assert_eq!(history.position, 259);
    let kept = history.notices.as_slice();
    assert_eq!(kept.first(), Some(&Notice::Many { sequence: 257, owner, kinds: vec![own] }));
    assert!(matches!(kept.get(1), Some(Notice::Changed(_))), "{kept:?}");
    assert_eq!(kept.get(2), Some(&Notice::Many { sequence: 259, owner, kinds }));
}
