mod crash;

use std::sync::Arc;

use proptest::prelude::*;
use redb::ReadableDatabase;
use serde_json::json;
use strowger_model::Owner;
use tempfile::TempDir;

use super::RedbStore;
use crate::{Changes, Expect, Key, Kind, Notice, Store, StoreError, StoreExt, conformance};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> Arc<RedbStore> {
    RedbStore::open(folder.path().join("store.redb")).unwrap()
}

fn key(id: &str) -> Key {
    Key::new(Owner::System, Kind::Setting, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_embedded_store_conforms() {
    let folder = folder();
    let store: Arc<dyn Store> = open(&folder);
    conformance::all(&store).await;
}

#[tokio::test]
async fn what_was_written_is_there_when_it_is_opened_again() {
    let folder = folder();
    let store = open(&folder);
    let mut feed = store.changes();
    let first = store.put(key("a"), json!({"n": 1}), Expect::Absent).await.unwrap();
    let before = sequence(&mut feed).await;
    drop(store);

    let store = open(&folder);
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap().body, json!({"n": 1}));
    let mut feed = store.changes();
    store.put(key("a"), json!({"n": 2}), Expect::Revision(first)).await.unwrap();
    assert!(sequence(&mut feed).await > before, "the feed goes on where it stopped");
}

#[tokio::test]
async fn a_file_is_opened_once() {
    let folder = folder();
    let _first = open(&folder);
    let second = RedbStore::open(folder.path().join("store.redb"));
    assert!(matches!(second, Err(StoreError::InUse(_))), "{:?}", second.err());
}

#[tokio::test]
async fn a_file_that_is_no_store_is_told_apart() {
    let folder = folder();
    let path = folder.path().join("store.redb");
    std::fs::write(&path, "not a store, but long enough to be taken for one".repeat(1000)).unwrap();
    assert!(matches!(RedbStore::open(&path), Err(StoreError::Fault(_))));
    assert!(matches!(RedbStore::open(folder.path().join("missing/store.redb")), Err(StoreError::Fault(_))));
}

#[tokio::test]
async fn a_file_of_another_format_is_refused_and_left_as_it_is() {
    let folder = folder();
    let path = folder.path().join("store.redb");
    let table: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new("documents");
    let database = redb::Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(table).unwrap().insert(b"key".as_slice(), b"value".as_slice()).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = RedbStore::open(&path).err().unwrap().to_string();
    assert!(refused.contains("format 1"), "{refused}");
    let database = redb::Database::open(&path).unwrap();
    let tables = database.begin_read().unwrap().list_tables().unwrap().count();
    assert_eq!(tables, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let _store = open(&folder);
    let mode = std::fs::metadata(folder.path().join("store.redb")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_writes_what_is_queued_and_refuses_what_follows() {
    let folder = folder();
    let store = open(&folder);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let store = store.clone();
        tasks.spawn(async move { (n, store.put(key(&n.to_string()), json!(n), Expect::Absent).await) });
    }
    store.close().await;
    store.close().await;
    for (n, outcome) in tasks.join_all().await {
        let stored = store.get(&key(&n.to_string())).await.unwrap();
        assert_eq!(outcome.is_ok(), stored.is_some(), "{n}: {outcome:?}");
    }
    let refused = store.put(key("late"), json!(1), Expect::Anything).await;
    assert!(matches!(refused, Err(StoreError::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn more_commits_than_the_queue_holds_are_refused_at_once() {
    let folder = folder();
    let store = open(&folder);
    // On one thread, none of these futures waits before all have tried to queue.
    let commits = (0..super::QUEUE * 4).map(|n| store.put(key(&n.to_string()), json!(n), Expect::Absent));
    let mut outcomes = Vec::new();
    let mut waiting: Vec<_> = commits.map(Box::pin).collect();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    waiting.retain_mut(|commit| match commit.as_mut().poll(&mut context) {
        std::task::Poll::Ready(outcome) => {
            outcomes.push(outcome);
            false
        }
        std::task::Poll::Pending => true,
    });
    for commit in waiting {
        commit.await.unwrap();
    }
    let refused = outcomes.iter().filter(|outcome| outcome.is_err());
    assert!(refused.clone().all(|outcome| matches!(outcome, Err(StoreError::Overloaded))));
    assert!(refused.count() > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_batches_does_what_a_map_does(batches in conformance::model::operations()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = folder();
        let store: Arc<dyn Store> = open(&folder);
        runtime.block_on(conformance::model::check(&store, batches));
    }
}

async fn sequence(feed: &mut Changes) -> u64 {
    match feed.next().await {
        Some(Notice::Changed(change)) => change.sequence,
        other => panic!("{other:?}"),
    }
}
