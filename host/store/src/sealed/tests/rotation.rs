//! Another key takes over while the store is in use. Time is paused: what waits for a moment is there at once.

use std::fs;
use std::time::Duration;

use super::*;
use crate::sealed::{Activate, KeyringError, OldKeys, Survey, add_key, reseal, rotate, survey};
use crate::{Batch, Name, StoreError, Write};

fn first(keyring: &Keyring) -> String {
    keyring.ids().swap_remove(0)
}

async fn surveyed(below: &MemoryStore, files: &Files) -> Survey {
    survey(below, &files.keyring()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn everything_is_sealed_anew_and_the_old_key_goes() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let store = sealed(&below, &files.keyring()).await;
    let (old, owners) = (first(&files.keyring()), [Owner::System, account(), account()]);
    let keys: Vec<Key> = owners.iter().flat_map(|owner| (0..150).map(|n| carrier(*owner, &n.to_string()))).collect();
    for key in &keys {
        put(&*store, key, with_password(PASSWORD)).await;
    }
    let before = store.all(owners[1], Kind::Resource).await.unwrap();

    let done = rotate(&*below, &files.path(), Activate::Fresh, OldKeys::Drop).await.unwrap();
    assert_eq!(done.resealed.documents, 451, "with the canary");
    assert_eq!((done.dropped, files.keyring().ids()), (vec![old], vec![done.active.clone()]));
    assert_eq!(store.all(owners[1], Kind::Resource).await.unwrap(), before, "revisions stay");
    let after = surveyed(&below, &files).await;
    assert_eq!(after.keys.into_iter().collect::<Vec<_>>(), [(done.active, 451)]);
    assert_eq!((after.clear, after.unreadable), (0, Vec::new()));
    sealed(&below, &files.keyring()).await;
}

#[tokio::test(start_paused = true)]
async fn what_lies_in_clear_is_sealed_and_ends_when_it_did() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let key = carrier(account(), "r");
    let write = Write::put(key.clone(), with_password(PASSWORD), Expect::Absent).expires_in(Duration::from_secs(600));
    below.apply(Batch::of(vec![write])).await.unwrap();
    let before = below.get(&key).await.unwrap().unwrap();
    assert_eq!(surveyed(&below, &files).await.clear, 1);

    assert_eq!(reseal(&*below, &files.keyring()).await.unwrap().documents, 1);
    let after = below.get(&key).await.unwrap().unwrap();
    assert_ne!(after.body, before.body);
    assert_eq!((after.revision, after.expires), (before.revision, before.expires));
    assert_eq!(reseal(&*below, &files.keyring()).await.unwrap().documents, 0, "there is nothing more to do");
}

/// Adds one to a carrier's number, and writes what it says as its password.
async fn count_up(store: &dyn Store, key: &Key) {
    loop {
        let document = store.get(key).await.unwrap().unwrap();
        let n = document.body["n"].as_u64().unwrap();
        assert_eq!(document.body["gateways"][1]["password"], json!(n.to_string()));
        let mut body = with_password(&(n + 1).to_string());
        body["n"] = json!(n + 1);
        match store.put(key.clone(), body, Expect::Revision(document.revision)).await {
            Ok(_) => return,
            Err(StoreError::Conflict(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_is_written_meanwhile_is_lost() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(sealed(&below, &files.keyring()).await);
    }
    let keys: Vec<Key> = (0..8).map(|n| carrier(account(), &n.to_string())).collect();
    for key in &keys {
        let mut body = with_password("0");
        body["n"] = json!(0);
        put(&*nodes[0], key, body).await;
    }
    let mut writers = tokio::task::JoinSet::new();
    for node in &nodes {
        for key in keys.clone() {
            let node = node.clone();
            writers.spawn(async move {
                for _ in 0..500 {
                    count_up(&*node, &key).await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    }
    let done = rotate(&*below, &files.path(), Activate::Fresh, OldKeys::Drop).await.unwrap();
    assert!(!writers.is_empty());
    assert_eq!(files.keyring().ids(), std::slice::from_ref(&done.active));
    writers.join_all().await;
    for key in &keys {
        assert_eq!(body(&*nodes[0], key).await["n"], json!(2_000));
        assert_eq!(sealed_with(&below, key).await, done.active);
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_with_copies_of_the_file_follow_step_by_step() {
    let (below, here, there) = (MemoryStore::new(), Files::new(), Files::new());
    let ours = sealed(&below, &here.keyring()).await;
    let copy = || fs::copy(here.path(), there.path()).unwrap();
    copy();
    let theirs = sealed(&below, &there.keyring()).await;
    let key = carrier(account(), "r");
    let both_read = async |password: &str| {
        for store in [&ours, &theirs] {
            assert_eq!(body(&**store, &key).await, with_password(password));
        }
    };
    put(&*theirs, &key, with_password("1")).await;
    let old = sealed_with(&below, &key).await;

    let next = add_key(&here.path()).unwrap();
    copy();
    let known = || Activate::Known(next.clone());
    let done = rotate(&*below, &here.path(), known(), OldKeys::Keep).await.unwrap();
    assert_eq!((done.resealed.documents, done.dropped), (2, Vec::new()));
    both_read("1").await;
    put(&*theirs, &key, with_password("2")).await;
    assert_eq!(sealed_with(&below, &key).await, old, "they have not been told");
    both_read("2").await;

    copy();
    tokio::time::sleep(Duration::from_secs(1)).await;
    put(&*theirs, &carrier(key.owner, "s"), with_password("3")).await;
    assert_eq!(sealed_with(&below, &carrier(key.owner, "s")).await, next);

    let done = rotate(&*below, &here.path(), known(), OldKeys::Drop).await.unwrap();
    assert_eq!((done.resealed.documents, done.dropped), (1, vec![old]));
    copy();
    both_read("2").await;
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_after_a_crash() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let store = sealed(&below, &files.keyring()).await;
    let key = carrier(account(), "r");
    put(&*store, &key, with_password(PASSWORD)).await;
    // The key was made and is the first, and nothing is sealed with it yet.
    let next = add_key(&files.path()).unwrap();
    crate::sealed::key_file::activate(&files.path(), &next).unwrap();

    let done = rotate(&*below, &files.path(), Activate::Known(next.clone()), OldKeys::Drop).await.unwrap();
    assert_eq!((done.resealed.documents, done.dropped.len()), (2, 1));
    assert_eq!(sealed_with(&below, &key).await, next);
    assert_eq!(body(&*store, &key).await, with_password(PASSWORD));
}

#[tokio::test(start_paused = true)]
async fn one_rotation_at_a_time() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let lease = Name::new(Owner::System, "keyring");
    below.acquire(&lease, "another", Duration::from_secs(30)).await.unwrap().unwrap();
    let before = files.keyring().ids();
    let refused = rotate(&*below, &files.path(), Activate::Fresh, OldKeys::Drop).await;
    assert!(matches!(refused, Err(KeyringError::UnderWay)));
    assert_eq!(files.keyring().ids(), before);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_this_stores_is_left_alone() {
    let (below, files, other) = (MemoryStore::new(), Files::new(), Files::new());
    sealed(&below, &files.keyring()).await;
    let before = other.keyring().ids();
    let refused = rotate(&*below, &other.path(), Activate::Fresh, OldKeys::Drop).await;
    assert!(matches!(refused, Err(KeyringError::Foreign(_))));
    assert_eq!(other.keyring().ids(), before);
    let unknown = rotate(&*below, &files.path(), Activate::Known("x".into()), OldKeys::Drop).await;
    assert!(matches!(unknown, Err(KeyringError::NoSuchKey(id)) if id == "x"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_opened_is_told_and_no_key_goes() {
    let (below, files) = (MemoryStore::new(), Files::new());
    let store = sealed(&below, &files.keyring()).await;
    let (old, good, bad) = (first(&files.keyring()), carrier(account(), "good"), carrier(account(), "bad"));
    put(&*store, &good, with_password(PASSWORD)).await;
    put(&*below, &bad, body(&*below, &good).await).await;

    let done = rotate(&*below, &files.path(), Activate::Fresh, OldKeys::Drop).await.unwrap();
    assert_eq!(done.resealed.unreadable.len(), 1);
    assert!(done.resealed.unreadable[0].contains("/resource/bad at /gateways/1/password"), "{done:?}");
    assert_eq!(files.keyring().ids(), [done.active.clone(), old]);
    assert_eq!(sealed_with(&below, &good).await, done.active);
    let told = surveyed(&below, &files).await.to_string();
    assert!(told.contains("cannot be opened: ") && !told.contains("sealed:v1"), "{told}");
}
