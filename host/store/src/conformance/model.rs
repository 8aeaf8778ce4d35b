//! Any sequence of operations, against a map.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use strowger_model::Owner;

use super::{key, numbered};
use crate::{Direction, Expect, Kind, Scan, Store, StoreError, StoreExt, Write};

/// One write of a batch: the document (of a few), what it becomes, and what is expected of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    document: u8,
    becomes: Option<u16>,
    expect: Expectation,
}

#[derive(Debug, Clone, Copy)]
enum Expectation {
    Anything,
    Absent,
    Present,
    Current,
    Stale,
}

/// Batches of operations.
pub(crate) fn operations() -> impl Strategy<Value = Vec<Vec<Operation>>> {
    let expect = prop_oneof![
        Just(Expectation::Anything),
        Just(Expectation::Absent),
        Just(Expectation::Present),
        Just(Expectation::Current),
        Just(Expectation::Stale),
    ];
    let operation = (0..4_u8, proptest::option::of(any::<u16>()), expect);
    let operation = operation.prop_map(|(document, becomes, expect)| Operation { document, becomes, expect });
    proptest::collection::vec(proptest::collection::vec(operation, 1..4), 1..12)
}

type Map = BTreeMap<u8, u16>;

/// What the map says: the new map, or none where an expectation does not hold. Revisions are those before the batch, so that a
/// document that the batch has written already is no longer current.
fn applied(map: &Map, batch: &[Operation]) -> Option<Map> {
    let mut next = map.clone();
    let mut written = Vec::new();
    for operation in batch {
        let exists = next.contains_key(&operation.document);
        let untouched = !written.contains(&operation.document);
        let holds = match operation.expect {
            Expectation::Anything => true,
            Expectation::Absent => !exists,
            Expectation::Present => exists,
            Expectation::Current => untouched && exists,
            Expectation::Stale => false,
        };
        if !holds {
            return None;
        }
        match operation.becomes {
            Some(n) => next.insert(operation.document, n),
            None => next.remove(&operation.document),
        };
        written.push(operation.document);
    }
    Some(next)
}

/// Runs the batches on a fresh owner and compares the store with the map after each.
pub(crate) async fn check(store: &Arc<dyn Store>, batches: Vec<Vec<Operation>>) {
    let owner = super::account();
    let mut map = Map::new();
    for batch in batches {
        let mut writes = Vec::new();
        for operation in &batch {
            writes.push(write(store, owner, operation).await);
        }
        match (store.commit(writes).await, applied(&map, &batch)) {
            (Ok(_), Some(next)) => map = next,
            (Err(StoreError::Conflict(_)), None) => {}
            (outcome, expected) => panic!("{batch:?} on {map:?}: {outcome:?}, expected {expected:?}"),
        }
        compare(store, owner, &map).await;
    }
}

async fn write(store: &Arc<dyn Store>, owner: Owner, operation: &Operation) -> Write {
    let key = key(owner, &operation.document.to_string());
    let current = store.get(&key).await.unwrap().map(|document| document.revision);
    let stale = crate::Revision("0-0000000000000000".into());
    let expect = match operation.expect {
        Expectation::Anything => Expect::Anything,
        Expectation::Absent => Expect::Absent,
        Expectation::Present => Expect::Present,
        Expectation::Current => Expect::Revision(current.unwrap_or(stale)),
        Expectation::Stale => Expect::Revision(stale),
    };
    match operation.becomes {
        Some(n) => Write::put(key, numbered(n.into()), expect),
        None => Write::delete(key, expect),
    }
}

async fn compare(store: &Arc<dyn Store>, owner: Owner, map: &Map) {
    let expected: Vec<_> = map.iter().map(|(id, n)| (id.to_string(), numbered((*n).into()))).collect();
    let documents = store.all(owner, Kind::Resource).await.unwrap();
    let found: Vec<_> = documents.into_iter().map(|document| (document.key.id, document.body)).collect();
    assert_eq!(found, expected);
    let backwards =
        store.scan(&Scan::of(owner, Kind::Resource).direction(Direction::Descending).limit(10)).await.unwrap();
    assert!(backwards.documents.iter().map(|document| &document.key.id).eq(expected.iter().rev().map(|(id, _)| id)));
}
