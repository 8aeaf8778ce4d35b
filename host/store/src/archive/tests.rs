mod checks;
mod copies;
mod files;
mod redis;

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};

use super::item::{Item, Sink, walk};
use super::{ArchiveError, Summary, backup, restore};
use crate::{Batch, BlobWriter, CHUNK, Expect, Key, Kind, MemoryStore, Name, Store, StoreExt, Write};

fn resource(owner: impl Into<Owner>, id: &str) -> Key {
    Key::new(owner, Kind::Resource, id)
}

async fn put(store: &dyn Store, key: &Key, body: Value) {
    store.put(key.clone(), body, Expect::Anything).await.unwrap();
}

/// A store with something of everything: documents with and without an end, listed and not, changed and removed, entries of two
/// streams, an empty blob, a short one and one of several chunks, with one account that has nothing but a stream.
async fn furnish(store: &Arc<dyn Store>) {
    let accounts = [AccountId::random(), AccountId::random()];
    for (n, owner) in [Owner::System, accounts[0].into()].into_iter().enumerate() {
        let number = Key::new(owner, Kind::PhoneNumber, format!("+1415886790{n}"));
        let to = owner.account().map_or_else(|| "system".into(), |account| account.hex());
        let entry = Key::new(Owner::System, Kind::Index, format!("phone_number:{}", number.id));
        put(&**store, &entry, json!({ "to": to })).await;
        put(&**store, &number, json!({"id": number.id})).await;
        let kinds = Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Blob | Kind::PhoneNumber));
        for kind in kinds {
            put(
                &**store,
                &Key::new(owner, kind, "ü/\u{1}:x"),
                json!({"name": format!("{kind:?} {n}"), "n": [0.1, -1, null]}),
            )
            .await;
        }
        let many = (0..250).map(|n| {
            let body = json!({"name": format!("R {n}"), "pvt_created": 63_734_925_092_i64 + n});
            Write::put(resource(owner, &format!("{n}")), body, Expect::Absent)
        });
        store.apply(Batch::of(many.collect())).await.unwrap();
        put(&**store, &resource(owner, "7"), json!({"name": "again"})).await;
        store.delete(resource(owner, "8"), Expect::Present).await.unwrap();
        for (end, id) in [(3_600, "soon"), (1_000_000, "late")] {
            let call = json!({"to": "+1", "attempted_at": "Thu, 05 Sep 2019 17:51:32 +0000"});
            let write = Write::put(Key::new(owner, Kind::Call, id), call, Expect::Absent);
            store.apply(Batch::of(vec![write.expires_in(Duration::from_secs(end))])).await.unwrap();
        }
        for (id, size) in [("empty", 0), ("short", 10), ("long", 2 * CHUNK + 1)] {
            let mut writer = BlobWriter::new(Arc::clone(store), Key::new(owner, Kind::Blob, id));
            writer.write(&vec![u8::try_from(n).unwrap(); size]).await.unwrap();
            writer.commit(None).await.unwrap();
        }
        let entries = (0..230).map(|n| json!({"by": "me", "n": n})).collect();
        store.append(&Name::new(owner, "audit"), entries, 1_000).await.unwrap();
    }
    store.append(&Name::new(accounts[1], "a stream: of ümlauts"), vec![json!("x")], 10).await.unwrap();
}

/// Everything that is in a store.
async fn content(store: &dyn Store) -> Vec<Item> {
    struct All(Vec<Item>);

    #[async_trait::async_trait]
    impl Sink for All {
        async fn take(&mut self, item: Item) -> Result<(), ArchiveError> {
            self.0.push(item);
            Ok(())
        }
    }

    let mut all = All(Vec::new());
    walk(store, &mut all).await.unwrap();
    all.0
}

async fn assert_same(one: &dyn Store, other: &dyn Store) {
    let (one, other) = (content(one).await, content(other).await);
    assert_eq!(one.len(), other.len());
    for (one, other) in one.into_iter().zip(other) {
        assert_eq!(one, other);
    }
}

async fn backed_up(store: &dyn Store) -> (Vec<u8>, Summary) {
    let mut file = Vec::new();
    let summary = backup(store, &mut file).await.unwrap();
    (file, summary)
}

async fn restored(store: &dyn Store, file: &[u8]) -> Result<Summary, ArchiveError> {
    restore(store, Cursor::new(file)).await
}

async fn is_empty(store: &dyn Store) -> bool {
    content(store).await.is_empty() && !super::is_unfinished(store).await.unwrap()
}

/// A moment that every store can keep: to the millisecond.
fn moment(millisecond: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millisecond)
}

fn memory() -> Arc<dyn Store> {
    MemoryStore::new()
}

/// Any JSON of moderate size.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000_000_i32..1_000_000, 0_u8..7).prop_map(|(n, places)| json!(f64::from(n) / 10_f64.powi(places.into()))),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
