use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use strowger_model::{Owner, Sid};

use super::{account, key, numbered, put};
use crate::{Batch, Expect, Name, Store, StoreError, Upload, Write};

pub(super) async fn all_who_have_something_are_found(store: &Arc<dyn Store>) {
    let [documents, counters, streams, uploads] = std::array::from_fn(|_| account());
    let nothing = account();
    put(store, &key(documents, "r1"), numbered(1)).await;
    put(store, &key(Owner::System, "owners-test"), numbered(1)).await;
    store.count(&Name::new(counters, "c"), 1, None).await.unwrap();
    store.append(&Name::new(streams, "s"), vec![json!(1)], 10).await.unwrap();
    let upload = Upload { owner: uploads, id: Sid::random().to_string() };
    store.put_chunk(&upload, 0, Bytes::from_static(b"a")).await.unwrap();

    let all = store.owners(None, 1_000).await.unwrap();
    assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
    let found: BTreeSet<_> = all.iter().copied().collect();
    for owner in [documents, counters, streams, uploads, Owner::System] {
        assert!(found.contains(&owner));
    }
    assert!(!found.contains(&nothing));

    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = store.owners(after, 2).await.unwrap();
        assert!(page.len() <= 2);
        after = page.last().copied().or(after);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert!(found.is_subset(&paged.into_iter().collect()));
}

pub(super) async fn a_batch_has_one_owner(store: &Arc<dyn Store>) {
    let (one, other) = (account(), account());
    let write = |owner| Write::put(key(owner, "r1"), numbered(1), Expect::Absent);
    let upload = Upload { owner: other, id: "u".into() };
    let batches = [
        Batch::of(vec![write(one), write(other)]),
        Batch { discard: vec![upload.clone()], ..Batch::of(vec![write(one)]) },
        Batch { keep: vec![upload], ..Batch::of(vec![write(one)]) },
    ];
    for batch in batches {
        let refused = store.apply(batch).await;
        assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    }
    assert_eq!(store.get(&key(one, "r1")).await.unwrap(), None);
}
