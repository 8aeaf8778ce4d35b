//! Writing records of calls without ever making a call wait: only the newest state of each is written, many in one batch.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use strowger_model::CallRecord;
use strowger_store::{Expect, Key, Kind, Store, StoreExt, Write};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

/// Records in one batch.
const BATCH: usize = 256;

/// Pause before a batch that failed is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// What waits to be written; at most one entry a call that is not settled, so that the bound on live calls bounds it too.
#[derive(Default)]
pub(crate) struct Recorder {
    waiting: Mutex<HashMap<Key, Waiting>>,
    wake: Notify,
}

struct Waiting {
    /// The record, or none where it is to be removed.
    body: Option<Value>,
    settled: Option<oneshot::Sender<()>>,
}

impl Recorder {
    /// Notes the newest state of a call.
    pub(crate) fn put(&self, record: &CallRecord) {
        self.note(key(record), Waiting { body: serde_json::to_value(record).ok(), settled: None });
    }

    /// Notes the last state of a call, or its removal, and resolves when that is durable.
    pub(crate) fn settle(&self, record: &CallRecord, keep: bool) -> oneshot::Receiver<()> {
        let (settled, receiver) = oneshot::channel();
        let body = if keep { serde_json::to_value(record).ok() } else { None };
        self.note(key(record), Waiting { body, settled: Some(settled) });
        receiver
    }

    fn note(&self, key: Key, waiting: Waiting) {
        self.waiting.lock().insert(key, waiting);
        self.wake.notify_one();
    }

    /// Writes until told to stop, and then what still waits; a store that fails is tried again, except at the end.
    pub(crate) async fn run(self: Arc<Self>, store: Arc<dyn Store>, stop: CancellationToken) {
        loop {
            let batch = self.take();
            if batch.is_empty() {
                tokio::select! {
                    () = self.wake.notified() => continue,
                    () = stop.cancelled() => return,
                }
            }
            let writes = batch.iter().map(|(key, waiting)| write(key.clone(), waiting.body.clone())).collect();
            match store.commit_each(writes).await {
                Ok(_) => batch.into_values().filter_map(|waiting| waiting.settled).for_each(|settled| {
                    // Whoever waited may have given up.
                    let _ = settled.send(());
                }),
                Err(error) => {
                    tracing::warn!(%error, records = batch.len(), "call records not written");
                    if stop.is_cancelled() {
                        return;
                    }
                    self.put_back(batch);
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn take(&self) -> HashMap<Key, Waiting> {
        let mut waiting = self.waiting.lock();
        if waiting.len() <= BATCH {
            return std::mem::take(&mut *waiting);
        }
        let keys: Vec<Key> = waiting.keys().take(BATCH).cloned().collect();
        keys.into_iter().filter_map(|key| waiting.remove_entry(&key)).collect()
    }

    /// What was noted meanwhile is newer.
    fn put_back(&self, batch: HashMap<Key, Waiting>) {
        let mut waiting = self.waiting.lock();
        for (key, old) in batch {
            waiting.entry(key).or_insert(old);
        }
    }
}

/// Where the record of a call lies.
pub(crate) fn key(record: &CallRecord) -> Key {
    Key::new(record.account_sid, Kind::Call, record.call_sid.to_string())
}

fn write(key: Key, body: Option<Value>) -> Write {
    match body {
        Some(body) => Write::put(key, body, Expect::Anything),
        None => Write::delete(key, Expect::Anything),
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::AccountId;
    use strowger_model::call_record::CallDirection;
    use strowger_store::MemoryStore;

    use super::*;

    fn record() -> CallRecord {
        CallRecord::trying(AccountId::random(), CallDirection::Outbound, "a".into(), "b".into(), "c".into())
    }

    #[tokio::test]
    async fn the_newest_state_is_what_is_written() {
        let (recorder, store) = (Arc::new(Recorder::default()), MemoryStore::new());
        let mut record = record();
        recorder.put(&record);
        record.ringing(180, "Ringing", false);
        recorder.put(&record);
        assert_eq!(recorder.waiting.lock().len(), 1, "one entry a call");
        record.answered(record.attempted_at);
        let settled = recorder.settle(&record, true);
        tokio::spawn(recorder.clone().run(store.clone(), CancellationToken::new()));
        settled.await.unwrap();
        let stored = store.get(&key(&record)).await.unwrap().unwrap();
        assert_eq!(stored.body["call_status"], "in-progress");
    }

    #[tokio::test]
    async fn a_removal_takes_the_record_away() {
        let (recorder, store) = (Arc::new(Recorder::default()), MemoryStore::new());
        let record = record();
        tokio::spawn(recorder.clone().run(store.clone(), CancellationToken::new()));
        recorder.settle(&record, true).await.unwrap();
        recorder.settle(&record, false).await.unwrap();
        assert!(store.get(&key(&record)).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_waits_when_the_end_comes_is_still_written() {
        let (recorder, store, stop) = (Arc::new(Recorder::default()), MemoryStore::new(), CancellationToken::new());
        let record = record();
        recorder.put(&record);
        stop.cancel();
        recorder.run(store.clone(), stop).await;
        assert!(store.get(&key(&record)).await.unwrap().is_some());
    }
}
