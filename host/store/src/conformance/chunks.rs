use std::sync::Arc;

use bytes::Bytes;
use strowger_model::{Owner, Sid};

use super::{account, body, conflict_on, key, numbered};
use crate::{Batch, CHUNK, Expect, Store, StoreError, Upload, Write};

fn upload(owner: Owner) -> Upload {
    Upload { owner, id: Sid::random().to_string() }
}

async fn chunk(store: &Arc<dyn Store>, upload: &Upload, index: u32) -> Option<Bytes> {
    store.chunk(upload, index).await.unwrap()
}

pub(super) async fn chunks_are_read_as_stored(store: &Arc<dyn Store>) {
    let upload = upload(account());
    assert_eq!(chunk(store, &upload, 0).await, None);
    let full: Bytes = (0..CHUNK).map(|n| u8::try_from(n % 251).unwrap()).collect();
    store.put_chunk(&upload, 0, full.clone()).await.unwrap();
    store.put_chunk(&upload, 255, Bytes::new()).await.unwrap();
    store.put_chunk(&upload, 1, Bytes::from_static(b"\0\xff")).await.unwrap();
    assert_eq!(chunk(store, &upload, 0).await, Some(full));
    assert_eq!(chunk(store, &upload, 1).await.as_deref(), Some(b"\0\xff".as_slice()));
    assert_eq!(chunk(store, &upload, 255).await, Some(Bytes::new()));
    assert_eq!(chunk(store, &upload, 2).await, None);
    let elsewhere = Upload { owner: account(), ..upload };
    assert_eq!(chunk(store, &elsewhere, 0).await, None);
}

pub(super) async fn chunks_have_bounds(store: &Arc<dyn Store>) {
    let owner = account();
    let refused = async |id: &str, index, size| {
        let outcome = store.put_chunk(&Upload { owner, id: id.into() }, index, vec![0; size].into()).await;
        assert!(matches!(outcome, Err(StoreError::Fault(_))), "{id} {index} {size}: {outcome:?}");
    };
    refused("u", 0, CHUNK + 1).await;
    refused("u", 256, 1).await;
    refused("", 0, 1).await;
    refused("a/b", 0, 1).await;
    refused(&"x".repeat(65), 0, 1).await;
}

pub(super) async fn a_batch_keeps_and_discards_uploads(store: &Arc<dyn Store>) {
    let owner = account();
    let (first, second, key) = (upload(owner), upload(owner), key(owner, "described"));
    for upload in [&first, &second] {
        store.put_chunk(upload, 0, Bytes::from_static(b"a")).await.unwrap();
        store.put_chunk(upload, 1, Bytes::from_static(b"b")).await.unwrap();
    }
    let batch = |n, expect, keep: &Upload, discard: Option<&Upload>| Batch {
        writes: vec![Write::put(key.clone(), numbered(n), expect)],
        keep: vec![keep.clone()],
        discard: discard.into_iter().cloned().collect(),
        ..Batch::default()
    };
    store.apply(batch(1, Expect::Absent, &first, None)).await.unwrap();
    conflict_on(store.apply(batch(2, Expect::Absent, &second, Some(&first))).await, &key);
    assert!(chunk(store, &first, 1).await.is_some(), "a refused batch discards nothing");
    store.apply(batch(3, Expect::Present, &second, Some(&first))).await.unwrap();
    assert_eq!([chunk(store, &first, 0).await, chunk(store, &first, 1).await], [None, None]);
    assert_eq!(chunk(store, &second, 1).await.as_deref(), Some(b"b".as_slice()));
    let late = store.put_chunk(&second, 1, Bytes::from_static(b"c")).await;
    assert!(matches!(late, Err(StoreError::Fault(_))), "what is kept does not change: {late:?}");

    let gone = store.apply(batch(4, Expect::Present, &first, None)).await;
    assert!(matches!(gone, Err(StoreError::Fault(_))), "what is gone cannot be kept: {gone:?}");
    assert_eq!(body(store, &key).await, Some(numbered(3)));
    store.apply(Batch { discard: vec![second.clone(), first], ..Batch::default() }).await.unwrap();
    assert_eq!(chunk(store, &second, 0).await, None);
}
