//! From one store to another.

use super::*;
use crate::RedbStore;
use crate::archive::migrate;
use crate::archive::migrate::{copy, verify};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_moves_to_another_kind_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (from, back) = (memory(), memory());
    furnish(&from).await;
    let between: Arc<dyn Store> = RedbStore::open(folder.path().join("store.redb")).unwrap();
    let there = migrate(&*from, &*between).await.unwrap();
    assert_same(&*from, &*between).await;
    assert_eq!(migrate(&*between, &*back).await.unwrap(), there);
    assert_same(&*from, &*back).await;
    assert_eq!(there.entries, 2 * 230 + 1);
}

#[tokio::test]
async fn only_an_empty_store_is_written_to() {
    let (from, to) = (memory(), memory());
    put(&*to, &resource(Owner::System, "r"), json!({})).await;
    assert!(matches!(migrate(&*from, &*to).await, Err(ArchiveError::NotEmpty(_))));
    assert!(matches!(migrate(&*to, &*to).await, Err(ArchiveError::NotEmpty(_))));
}

#[tokio::test]
async fn a_copy_that_differs_is_told() {
    let (from, to) = (memory(), memory());
    furnish(&from).await;
    copy(&*from, &*to).await.unwrap();
    let whole = verify(&*from, &*to).await.unwrap();
    let differs = async |whole: &Summary| match verify(&*from, &*to).await {
        Err(ArchiveError::Differs { expected, copied }) => assert_eq!((expected != copied, &*copied), (true, whole)),
        other => panic!("{other:?}"),
    };
    // Somebody writes to the source meanwhile.
    let key = resource(Owner::System, "7");
    let before = from.get(&key).await.unwrap().unwrap();
    put(&*from, &key, json!({"name": "other"})).await;
    differs(&whole).await;
    let back = Write { revision: Some(before.revision), ..Write::put(key, before.body, Expect::Present) };
    from.apply(Batch::of(vec![back])).await.unwrap();
    assert_eq!(verify(&*from, &*to).await.unwrap(), whole);
    from.append(&Name::new(Owner::System, "audit"), vec![json!(1)], 1_000).await.unwrap();
    differs(&whole).await;
    assert!(crate::archive::is_unfinished(&*to).await.unwrap());
}
