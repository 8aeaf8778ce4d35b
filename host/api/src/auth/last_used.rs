//! When keys were last used: written down in the background, at most once a minute for each, and given up rather than waited for.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ::time::OffsetDateTime;
use moka::sync::Cache;
use serde_json::{Value, json};
use strowger_model::{Owner, time};
use strowger_store::{Batch, Document, Expect, Key, Kind, Store, StoreError, Write};
use tokio::sync::mpsc;

/// How exactly it is known.
const INTERVAL: Duration = Duration::from_secs(60);

/// Keys that are remembered as noted already.
const CAPACITY: u64 = 16_384;

/// Notes that wait to be written; more are dropped.
const WAITING: usize = 1_024;

/// Notes that are written together, and how long the first of them waits for the others.
const TOGETHER: usize = 100;
const GATHERED_FOR: Duration = Duration::from_secs(1);

pub(super) struct LastUsed {
    noted: Cache<String, ()>,
    notes: mpsc::Sender<String>,
}

impl LastUsed {
    /// Starts the task that writes; it ends with this.
    pub(super) fn noting(store: Arc<dyn Store>) -> Self {
        let (notes, received) = mpsc::channel(WAITING);
        tokio::spawn(write_down(store, received));
        Self { noted: Cache::builder().max_capacity(CAPACITY).time_to_live(INTERVAL).build(), notes }
    }

    /// The key that is stored under that hash was used.
    pub(super) fn note(&self, hash: &str) {
        if self.noted.contains_key(hash) {
            return;
        }
        self.noted.insert(hash.to_owned(), ());
        // One that finds no place is noted again with the next use after the interval.
        let _ = self.notes.try_send(hash.to_owned());
    }
}

async fn write_down(store: Arc<dyn Store>, mut notes: mpsc::Receiver<String>) {
    while let Some(first) = notes.recv().await {
        tokio::time::sleep(GATHERED_FOR).await;
        let mut hashes = HashSet::from([first]);
        while let (true, Ok(hash)) = (hashes.len() < TOGETHER, notes.try_recv()) {
            hashes.insert(hash);
        }
        if let Err(error) = write(&*store, hashes).await {
            tracing::debug!(%error, "the last use of some keys was not written down");
        }
    }
}

/// A key that is changed in between takes its note alone: the others are written without it.
async fn write(store: &dyn Store, mut hashes: HashSet<String>) -> Result<(), StoreError> {
    while !hashes.is_empty() {
        let mut writes = Vec::with_capacity(hashes.len());
        for hash in &hashes {
            let document = store.get(&Key::new(Owner::System, Kind::ApiKey, hash)).await?;
            writes.extend(document.and_then(|document| used(document, time::now())));
        }
        if writes.is_empty() {
            return Ok(());
        }
        match store.apply(Batch::of(writes)).await {
            Err(StoreError::Conflict(key)) if hashes.remove(&key.id) => {}
            outcome => return outcome.map(drop),
        }
    }
    Ok(())
}

/// The key with its time, unless another node has just written it down.
fn used(document: Document, now: OffsetDateTime) -> Option<Write> {
    let Document { key, revision, body: Value::Object(mut fields), expires } = document else { return None };
    let last = fields.get("last_used").and_then(Value::as_str).and_then(time::parse_date);
    if last.is_some_and(|last| now - last < INTERVAL) {
        return None;
    }
    fields.insert("last_used".into(), json!(time::format_date(now)));
    Some(Write { expires, ..Write::put(key, Value::Object(fields), Expect::Revision(revision)) })
}

#[cfg(test)]
mod tests {
    use strowger_model::api_key::{ApiKey, Scope};
    use strowger_store::{MemoryStore, StoreExt};

    use super::*;

    fn key(hash: &str) -> Key {
        Key::new(Owner::System, Kind::ApiKey, hash)
    }

    async fn store_with(hashes: &[&str]) -> Arc<dyn Store> {
        let store: Arc<dyn Store> = MemoryStore::new();
        for hash in hashes {
            let mut body = json!(ApiKey::with_scope(Scope::Admin, None));
            body["of_a_later_version"] = json!(1);
            store.put(key(hash), body, Expect::Absent).await.unwrap();
        }
        store
    }

    async fn last_used(store: &dyn Store, hash: &str) -> Value {
        store.get(&key(hash)).await.unwrap().unwrap().body["last_used"].clone()
    }

    #[tokio::test(start_paused = true)]
    async fn a_use_is_written_down_once_and_touches_nothing_else() {
        let store = store_with(&["a", "b"]).await;
        let last_used_of = LastUsed::noting(Arc::clone(&store));
        for hash in ["a", "a", "b", "of-nobody"] {
            last_used_of.note(hash);
        }
        tokio::time::sleep(GATHERED_FOR * 2).await;
        assert!(last_used(&*store, "a").await.is_string());
        assert!(last_used(&*store, "b").await.is_string());
        let document = store.get(&key("a")).await.unwrap().unwrap();
        assert_eq!(document.body["of_a_later_version"], 1);
        assert!(document.revision.0.starts_with("2-"), "{}", document.revision);
    }

    #[tokio::test]
    async fn what_another_node_has_just_written_stays() {
        let store = store_with(&["a"]).await;
        write(&*store, HashSet::from(["a".into()])).await.unwrap();
        write(&*store, HashSet::from(["a".into()])).await.unwrap();
        assert!(store.get(&key("a")).await.unwrap().unwrap().revision.0.starts_with("2-"));
    }

    #[tokio::test]
    async fn a_key_that_is_gone_does_not_come_back() {
        let store = store_with(&["a"]).await;
        let document = store.get(&key("a")).await.unwrap().unwrap();
        store.delete(key("a"), Expect::Present).await.unwrap();
        let late = used(document, time::now()).unwrap();
        assert!(matches!(store.apply(Batch::of(vec![late])).await, Err(StoreError::Conflict(_))));
    }
}
