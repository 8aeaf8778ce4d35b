use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::Owner;

use super::{account, conflict_on, key, numbered};
use crate::{Author, Batch, Direction, Expect, Key, Kind, Name, Store, StoreError, Write};

fn author(owner: Owner) -> Author {
    Author { stream: Name::new(owner, "audit"), by: json!({"user": "u", "from": "192.0.2.1"}) }
}

async fn entries(store: &Arc<dyn Store>, owner: Owner) -> Vec<Value> {
    let stream = author(owner).stream;
    let entries = store.read(&stream, None, Direction::Ascending, 1_000).await.unwrap();
    entries.into_iter().map(|entry| entry.body).collect()
}

pub(super) async fn each_change_is_written_down_with_it(store: &Arc<dyn Store>) {
    let owner = account();
    let by = author(owner).by;
    let (one, other) = (key(owner, "one"), key(owner, "other"));
    let apply = async |writes| store.apply(Batch::of(writes).by(Some(author(owner)))).await;
    let first = apply(vec![Write::put(one.clone(), numbered(1), Expect::Absent)]).await.unwrap();
    let writes = vec![
        Write::delete(one.clone(), Expect::Present),
        Write::put(other.clone(), numbered(2), Expect::Anything),
        Write::delete(key(owner, "never"), Expect::Anything),
    ];
    let second = apply(writes).await.unwrap();
    let refused = vec![
        Write::put(one.clone(), numbered(3), Expect::Absent),
        Write::put(other.clone(), numbered(3), Expect::Absent),
    ];
    conflict_on(apply(refused).await, &other);
    apply(vec![Write::delete(key(owner, "never"), Expect::Anything)]).await.unwrap();
    let expected = [
        json!({"by": by, "kind": "resource", "id": "one", "old": null, "new": first[0]}),
        json!({"by": by, "kind": "resource", "id": "one", "old": first[0], "new": null}),
        json!({"by": by, "kind": "resource", "id": "other", "old": null, "new": second[1]}),
    ];
    assert_eq!(entries(store, owner).await, expected);
}

pub(super) async fn a_very_large_batch_is_written_down_by_kind(store: &Arc<dyn Store>) {
    let owner = account();
    let by = author(owner).by;
    let row = |n: usize| Write::put(Key::new(owner, Kind::SelectorRow, n.to_string()), numbered(n), Expect::Absent);
    let mut writes: Vec<_> = (0..256).map(row).collect();
    writes.push(Write::put(key(owner, "r1"), numbered(1), Expect::Absent));
    store.apply(Batch::of(writes).by(Some(author(owner)))).await.unwrap();
    let mut found = entries(store, owner).await;
    found.sort_by_key(|entry| entry["count"].as_u64());
    let expected =
        [json!({"by": by, "kind": "resource", "count": 1}), json!({"by": by, "kind": "selector_row", "count": 256})];
    assert_eq!(found, expected);
}

pub(super) async fn an_author_is_of_the_batch_s_owner(store: &Arc<dyn Store>) {
    let write = Write::put(key(account(), "r1"), numbered(1), Expect::Absent);
    let refused = store.apply(Batch::of(vec![write]).by(Some(author(account())))).await;
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
}
