use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use strowger_model::Owner;
use tokio::task::JoinSet;

use super::{account, put};
use crate::blob::{BlobError, BlobReader, BlobWriter, remove_blob};
use crate::{Author, Blob, CHUNK, Direction, Key, Kind, MAX_BLOB, Name, Store, Upload};

fn key(owner: Owner) -> Key {
    Key::new(owner, Kind::Blob, "recording")
}

fn bytes(seed: u64, size: usize) -> Bytes {
    (0..size as u64).map(|n| u8::try_from((n * 31 + seed) % 251).unwrap()).collect()
}

async fn write(store: &Arc<dyn Store>, key: &Key, bytes: &[u8]) -> Blob {
    let mut writer = BlobWriter::new(store.clone(), key.clone());
    for part in bytes.chunks(100_000) {
        writer.write(part).await.unwrap();
    }
    writer.commit(None).await.unwrap().0
}

async fn read(store: &Arc<dyn Store>, key: &Key) -> Option<Bytes> {
    let reader = BlobReader::open(store.clone(), key).await.unwrap()?;
    Some(reader.read_all().await.unwrap())
}

async fn has_chunk(store: &Arc<dyn Store>, owner: Owner, blob: &Blob) -> bool {
    store.chunk(&Upload { owner, id: blob.upload.clone() }, 0).await.unwrap().is_some()
}

pub(super) async fn a_blob_is_read_as_written(store: &Arc<dyn Store>) {
    let key = key(account());
    assert_eq!(read(store, &key).await, None);
    let mut before: Option<Blob> = None;
    for (seed, size) in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK].into_iter().enumerate() {
        let written = bytes(seed as u64, size);
        let blob = write(store, &key, &written).await;
        assert_eq!(blob.size, size as u64);
        assert!(read(store, &key).await.unwrap() == written, "{size} bytes");
        if let Some(before) = before.replace(blob) {
            assert!(!has_chunk(store, key.owner, &before).await, "what was replaced is gone");
        }
    }
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(write(store, &key, b"").await.digest, empty);
}

pub(super) async fn a_removed_blob_leaves_nothing(store: &Arc<dyn Store>) {
    let key = key(account());
    let author = Author { stream: Name::new(key.owner, "audit"), by: json!("me") };
    let mut writer = BlobWriter::new(store.clone(), key.clone());
    writer.write(b"abc").await.unwrap();
    let (blob, _) = writer.commit(Some(author.clone())).await.unwrap();
    let mut reader = BlobReader::open(store.clone(), &key).await.unwrap().unwrap();
    remove_blob(&**store, &key, Some(author.clone())).await.unwrap();
    assert!(!has_chunk(store, key.owner, &blob).await);
    assert!(matches!(reader.next().await, Err(BlobError::Gone)));
    assert_eq!(read(store, &key).await, None);
    remove_blob(&**store, &key, Some(author.clone())).await.unwrap();
    let entries = store.read(&author.stream, None, Direction::Ascending, 10).await.unwrap();
    assert_eq!(entries.len(), 2, "one for the upload and one for the removal");
}

pub(super) async fn a_damaged_blob_is_refused(store: &Arc<dyn Store>) {
    let key = key(account());
    let blob = write(store, &key, b"abc").await;
    for damaged in [Blob { size: 4, ..blob.clone() }, Blob { digest: "00".repeat(32), ..blob.clone() }] {
        put(store, &key, serde_json::to_value(damaged).unwrap()).await;
        let reader = BlobReader::open(store.clone(), &key).await.unwrap().unwrap();
        assert!(matches!(reader.read_all().await, Err(BlobError::Damaged(_))));
    }
    put(store, &key, json!({"no": "blob"})).await;
    assert!(matches!(BlobReader::open(store.clone(), &key).await, Err(BlobError::Damaged(_))));
}

pub(super) async fn a_blob_has_a_bound(store: &Arc<dyn Store>) {
    let key = key(account());
    let part = bytes(1, 4 << 20);
    let mut writer = BlobWriter::new(store.clone(), key.clone());
    for _ in 0..16 {
        writer.write(&part).await.unwrap();
    }
    let (blob, _) = writer.commit(None).await.unwrap();
    assert_eq!((blob.size, blob.chunks()), (MAX_BLOB, 256));
    let mut reader = BlobReader::open(store.clone(), &key).await.unwrap().unwrap();
    let mut size = 0;
    while let Some(chunk) = reader.next().await.unwrap() {
        size += chunk.len() as u64;
    }
    assert_eq!(size, MAX_BLOB);
    remove_blob(&**store, &key, None).await.unwrap();

    let mut writer = BlobWriter::new(store.clone(), key);
    let too_large = writer.write(&vec![0; usize::try_from(MAX_BLOB).unwrap() + 1]).await;
    assert!(matches!(too_large, Err(BlobError::TooLarge)));
}

pub(super) async fn of_many_who_replace_a_blob_one_is_last(store: &Arc<dyn Store>) {
    let key = key(account());
    let mut tasks = JoinSet::new();
    for n in 0..4_u64 {
        let (store, key) = (store.clone(), key.clone());
        tasks.spawn(async move { (write(&store, &key, &bytes(n, 1_000)).await, n) });
    }
    let mut kept = Vec::new();
    for (blob, n) in tasks.join_all().await {
        if has_chunk(store, key.owner, &blob).await {
            kept.push(n);
        }
    }
    assert_eq!(kept.len(), 1, "each replaced one took its bytes along");
    assert!(read(store, &key).await.unwrap() == bytes(kept[0], 1_000));
}
