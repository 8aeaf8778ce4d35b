//! Writing records of calls without ever making a call wait: only the newest state of each is written, many in one batch.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use parking_lot::Mutex;
use serde_json::Value;
use strowger_model::{CallRecord, Owner};
use strowger_nodes::NodeId;
use strowger_store::{Expect, Key, Store, StoreError, StoreExt, Write};
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::config::CallsConfig;
use crate::stored::{Stored, beside_end, key};

/// Records that are written at once.
const BATCH: usize = 256;

/// Pause before what failed is tried again, doubled as long as nothing can be written.
const RETRY: Duration = Duration::from_millis(250);

/// Longest such pause.
const LONGEST: Duration = Duration::from_secs(5);

/// What waits to be written: at most one entry for each call that has a seat. A call keeps its seat until its last state is durable, so
/// that where the store is away for long, the bound on live calls bounds this too, and further calls are refused.
pub(crate) struct Recorder {
    node: NodeId,
    retention: Duration,
    recent_retention: Duration,
    waiting: Mutex<HashMap<Key, Waiting>>,
    wake: Notify,
}

/// A write, and who is told when it, or a newer one of the same record, is durable.
struct Waiting {
    content: Content,
    durable: Vec<oneshot::Sender<()>>,
}

#[derive(Clone)]
enum Content {
    Live(Value),
    /// The record, unless it was removed, and what is written beside its end.
    Over(Option<Value>, Vec<Write>),
}

impl Recorder {
    pub(crate) fn new(node: NodeId, config: &CallsConfig) -> Arc<Self> {
        let CallsConfig { retention, recent_retention, .. } = *config;
        Arc::new(Self { node, retention, recent_retention, waiting: Mutex::default(), wake: Notify::new() })
    }

    /// Notes the newest state of a call.
    pub(crate) fn put(&self, record: &CallRecord) {
        self.note(record, self.content(record, true), None);
    }

    /// As [`Self::put`]; resolves when that is durable.
    pub(crate) fn begin(&self, record: &CallRecord) -> oneshot::Receiver<()> {
        let (durable, receiver) = oneshot::channel();
        self.note(record, self.content(record, true), Some(durable));
        receiver
    }

    /// Notes the last state of a call, or the removal of its record, and resolves when that is durable. Among the recent calls it stays.
    pub(crate) fn settle(&self, record: &CallRecord, keep: bool) -> oneshot::Receiver<()> {
        let (durable, receiver) = oneshot::channel();
        self.note(record, self.content(record, keep), Some(durable));
        receiver
    }

    /// Has the present state of a call written once more, unless one waits to be written anyway. The state is looked up where nothing
    /// newer can come in between.
    pub(crate) fn refresh(&self, record: &watch::Receiver<CallRecord>) {
        let mut waiting = self.waiting.lock();
        let record = record.borrow();
        let content = self.content(&record, true);
        waiting
            .entry(key(record.account_sid, record.call_sid))
            .or_insert_with(|| Waiting { content, durable: Vec::new() });
        self.wake.notify_one();
    }

    fn content(&self, record: &CallRecord, keep: bool) -> Content {
        let body = || {
            let stored = Stored { record: record.clone(), node_id: Some(self.node) };
            serde_json::to_value(stored).unwrap_or_default()
        };
        if keep && !record.call_status.is_final() {
            return Content::Live(body());
        }
        Content::Over(keep.then(body), beside_end(record, self.recent_retention))
    }

    fn note(&self, record: &CallRecord, content: Content, durable: Option<oneshot::Sender<()>>) {
        let mut waiting = self.waiting.lock();
        let entry = waiting.entry(key(record.account_sid, record.call_sid));
        let entry = entry.or_insert_with(|| Waiting { content: Content::Over(None, Vec::new()), durable: Vec::new() });
        entry.content = content;
        entry.durable.extend(durable);
        self.wake.notify_one();
    }

    /// Writes until told to stop, and then what still waits; a store that fails is tried again, except at the end.
    pub(crate) async fn run(self: Arc<Self>, store: Arc<dyn Store>, stop: CancellationToken) {
        let mut pause = RETRY;
        loop {
            let batch = self.take();
            if batch.is_empty() {
                tokio::select! {
                    () = self.wake.notified() => continue,
                    () = stop.cancelled() => return,
                }
            }
            let outcomes = join_all(by_owner(batch).into_values().map(|part| self.write(&*store, part))).await;
            let (written, failed): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
            pause = if written.is_empty() { (pause * 2).min(LONGEST) } else { RETRY };
            let Some(error) = failed.into_iter().find_map(Result::err) else { continue };
            tracing::warn!(%error, waiting = self.waiting.lock().len(), "call records not written");
            if stop.is_cancelled() {
                return;
            }
            sleep(pause).await;
        }
    }

    /// One owner's records; what cannot be written waits again.
    async fn write(&self, store: &dyn Store, part: HashMap<Key, Waiting>) -> Result<(), StoreError> {
        let writes = part.iter().flat_map(|(key, waiting)| self.writes(key.clone(), waiting.content.clone())).collect();
        match store.commit(writes).await {
            Ok(_) => {
                part.into_values().flat_map(|waiting| waiting.durable).for_each(|durable| {
                    // Whoever waited may have given up.
                    let _ = durable.send(());
                });
                Ok(())
            }
            Err(error) => {
                self.put_back(part);
                Err(error)
            }
        }
    }

    fn writes(&self, key: Key, content: Content) -> Vec<Write> {
        match content {
            Content::Live(body) => vec![Write::put(key, body, Expect::Anything)],
            Content::Over(body, mut beside) => {
                beside.push(match body {
                    Some(body) => Write::put(key, body, Expect::Anything).expires_in(self.retention),
                    None => Write::delete(key, Expect::Anything),
                });
                beside
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
    fn put_back(&self, part: HashMap<Key, Waiting>) {
        let mut waiting = self.waiting.lock();
        for (key, old) in part {
            let entry = waiting.entry(key);
            let entry = entry.or_insert_with(|| Waiting { content: old.content, durable: Vec::new() });
            entry.durable.extend(old.durable);
        }
    }
}

/// A batch is of one owner.
fn by_owner(batch: HashMap<Key, Waiting>) -> HashMap<Owner, HashMap<Key, Waiting>> {
    let mut parts: HashMap<Owner, HashMap<Key, Waiting>> = HashMap::new();
    for (key, waiting) in batch {
        parts.entry(key.owner).or_default().insert(key, waiting);
    }
    parts
}

#[cfg(test)]
mod tests;
