use std::sync::Arc;

use tokio::task::JoinSet;

use super::{account, conflict_on, key, numbered, put};
use crate::{Change, Changes, Expect, Notice, Store, StoreExt, Write};

async fn next(feed: &mut Changes, store: &Arc<dyn Store>) -> Change {
    let Some(Notice::Changed(change)) = feed.next().await else { panic!("a change was missed") };
    let stored = store.get(&change.key).await.unwrap();
    if change.revision.is_none() {
        assert_eq!(stored, None, "a change is told once it can be read");
    }
    change
}

pub(super) async fn changes_come_in_the_order_of_their_commits(store: &Arc<dyn Store>) {
    let owner = account();
    let mut feed = store.changes();
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
    let mut last = 0;
    for _ in 0..80 {
        let change = next(&mut feed, store).await;
        assert!(change.sequence > last);
        last = change.sequence;
    }
    assert!(feed.try_next().is_none(), "each change is told once");
}

pub(super) async fn what_changes_nothing_is_not_told(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut feed = store.changes();
    store.delete(key.clone(), Expect::Anything).await.unwrap();
    conflict_on(store.put(key.clone(), numbered(1), Expect::Present).await, &key);
    let batch = vec![Write::put(key.clone(), numbered(1), Expect::Absent), Write::delete(key.clone(), Expect::Present)];
    let revision = store.commit(batch).await.unwrap().remove(0);
    assert_eq!(next_revision(&mut feed).await, revision, "the refused writes before it left no trace");
    assert_eq!(next(&mut feed, store).await.revision, None);
}

async fn next_revision(feed: &mut Changes) -> Option<crate::Revision> {
    match feed.next().await {
        Some(Notice::Changed(change)) => change.revision,
        other => panic!("{other:?}"),
    }
}
