use std::sync::Arc;

use serde_json::json;
use strowger_model::Owner;

use super::{account, body, conflict_on, key, numbered, put};
use crate::{Expect, Key, Kind, MAX_BODY, Revision, Store, StoreError, StoreExt, Write};

pub(super) async fn a_document_is_read_as_written(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    assert_eq!(store.get(&key).await.unwrap(), None);
    let written = json!({"name": "Zürich ☎", "z": 1, "a": [null, 0.5, {"deep": true}]});
    let revision = store.put(key.clone(), written.clone(), Expect::Absent).await.unwrap();
    let read = store.get(&key).await.unwrap().unwrap();
    assert_eq!((&read.key, &read.revision, &read.body), (&key, &revision, &written));
    assert_eq!(read.body.to_string(), written.to_string(), "the order of the fields is kept");
    store.delete(key.clone(), Expect::Anything).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap(), None);
}

pub(super) async fn a_revision_is_new_with_every_write(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut revisions = Vec::new();
    for n in [1, 2, 2] {
        revisions.push(store.put(key.clone(), numbered(n), Expect::Anything).await.unwrap().0);
    }
    let counts: Vec<_> = revisions.iter().map(|revision| revision.split_once('-').unwrap().0).collect();
    assert_eq!(counts, ["1", "2", "3"]);
    assert_eq!(revisions[1][1..], revisions[2][1..], "the same body has the same digest");
}

pub(super) async fn expectations_hold_or_are_a_conflict(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    conflict_on(store.put(key.clone(), numbered(1), Expect::Present).await, &key);
    conflict_on(store.delete(key.clone(), Expect::Present).await, &key);
    let first = store.put(key.clone(), numbered(1), Expect::Absent).await.unwrap();
    conflict_on(store.put(key.clone(), numbered(2), Expect::Absent).await, &key);
    let second = store.put(key.clone(), numbered(2), Expect::Revision(first.clone())).await.unwrap();
    conflict_on(store.put(key.clone(), numbered(3), Expect::Revision(first.clone())).await, &key);
    conflict_on(store.delete(key.clone(), Expect::Revision(first)).await, &key);
    assert_eq!(body(store, &key).await, Some(numbered(2)));
    store.delete(key.clone(), Expect::Revision(second.clone())).await.unwrap();
    conflict_on(store.put(key.clone(), numbered(4), Expect::Revision(second)).await, &key);
    store.delete(key, Expect::Anything).await.unwrap();
}

pub(super) async fn owners_and_kinds_are_apart(store: &Arc<dyn Store>) {
    let (one, other) = (account(), account());
    let keys = [
        Key::new(one, Kind::Resource, "same"),
        Key::new(other, Kind::Resource, "same"),
        Key::new(Owner::System, Kind::Resource, "same"),
        Key::new(one, Kind::SelectorRow, "same"),
    ];
    for (n, key) in keys.iter().enumerate() {
        put(store, key, numbered(n)).await;
    }
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(body(store, key).await, Some(numbered(n)));
    }
    assert_eq!(store.all(one, Kind::Resource).await.unwrap().len(), 1);
    store.delete(keys[2].clone(), Expect::Present).await.unwrap();
}

pub(super) async fn ids_are_any_text_within_bounds(store: &Arc<dyn Store>) {
    let owner = account();
    let longest = "x".repeat(512);
    for id in ["a\0b", "a", "ä/☎", " ", longest.as_str()] {
        put(store, &key(owner, id), json!(id)).await;
        assert_eq!(body(store, &key(owner, id)).await, Some(json!(id)));
    }
    assert_eq!(store.all(owner, Kind::Resource).await.unwrap().len(), 5);
    for id in ["", &"x".repeat(513)] {
        let refused = store.put(key(owner, id), json!(1), Expect::Anything).await;
        assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    }
}

pub(super) async fn a_body_has_a_bound(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let longest = json!("x".repeat(MAX_BODY - 2));
    put(store, &key, longest.clone()).await;
    assert!(body(store, &key).await == Some(longest));
    let refused = store.put(key.clone(), json!("x".repeat(MAX_BODY - 1)), Expect::Anything).await;
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    store.delete(key, Expect::Present).await.unwrap();
}

pub(super) async fn a_restored_document_has_the_revision_it_had(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let revision = Revision("7-0123456789abcdef".into());
    let restored = Write { revision: Some(revision.clone()), ..Write::put(key.clone(), numbered(1), Expect::Absent) };
    assert_eq!(store.commit(vec![restored]).await.unwrap(), [Some(revision.clone())]);
    assert_eq!(store.get(&key).await.unwrap().unwrap().revision, revision);
    let next = store.put(key, numbered(1), Expect::Revision(revision)).await.unwrap();
    assert!(next.0.starts_with("8-"), "it counts on: {next}");
}
