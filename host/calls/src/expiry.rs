//! Removing the records of calls whose time is over.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use strowger_model::call_record::CallStatus;
use strowger_model::{AccountId, CallRecord, Owner};
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt, Write};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::recorder;

/// Time between two looks at what is due.
const PERIOD: Duration = Duration::from_secs(30);

/// Records that are removed in one batch.
const BATCH: usize = 256;

/// Finished calls in the order in which they ended, which is the order in which they are due.
pub(crate) struct Expiry {
    retention: Duration,
    finished: Mutex<VecDeque<(OffsetDateTime, Key)>>,
}

impl Expiry {
    pub(crate) fn new(retention: Duration) -> Arc<Self> {
        Arc::new(Self { retention, finished: Mutex::default() })
    }

    /// Notes a call that is over.
    pub(crate) fn note(&self, record: &CallRecord) {
        let ended = record.terminated_at.unwrap_or_else(strowger_model::time::now);
        self.finished.lock().push_back((ended, recorder::key(record)));
    }

    /// Whether the record of that call is still shown.
    pub(crate) fn is_current(&self, record: &CallRecord) -> bool {
        record.terminated_at.is_none_or(|ended| ended + self.retention > OffsetDateTime::now_utc())
    }

    /// Takes up the records that an earlier process left. A call that it says is live was lost with it; to be done before
    /// this process has calls of its own.
    pub(crate) async fn take_up(&self, store: &dyn Store) -> Result<(), StoreError> {
        let mut found = Vec::new();
        for account in store.all(Owner::System, Kind::Account).await? {
            let Ok(account) = account.key.id.parse::<AccountId>() else { continue };
            for document in store.all(account.into(), Kind::Call).await? {
                let Ok(mut record) = serde_json::from_value::<CallRecord>(document.body) else { continue };
                if !record.call_status.is_final() {
                    lost(&mut record);
                    let body = serde_json::to_value(&record).unwrap_or_default();
                    store.put(document.key.clone(), body, Expect::Anything).await?;
                }
                found.push((record.terminated_at.unwrap_or(record.attempted_at), document.key));
            }
        }
        found.sort_by_key(|(ended, _)| *ended);
        self.finished.lock().extend(found);
        Ok(())
    }

    /// Removes what is due until told to stop.
    pub(crate) async fn run(self: Arc<Self>, store: Arc<dyn Store>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.sweep(&*store).await {
                tracing::warn!(%error, "records of finished calls not removed");
            }
        }
    }

    async fn sweep(&self, store: &dyn Store) -> Result<(), StoreError> {
        loop {
            let due = self.due();
            if due.is_empty() {
                return Ok(());
            }
            let writes = due.iter().map(|(_, key)| Write::delete(key.clone(), Expect::Anything)).collect();
            if let Err(error) = store.commit_each(writes).await {
                let mut finished = self.finished.lock();
                due.into_iter().rev().for_each(|entry| finished.push_front(entry));
                return Err(error);
            }
        }
    }

    fn due(&self) -> Vec<(OffsetDateTime, Key)> {
        let horizon = OffsetDateTime::now_utc() - self.retention;
        let mut finished = self.finished.lock();
        let count = finished.iter().take(BATCH).take_while(|(ended, _)| *ended <= horizon).count();
        finished.drain(..count).collect()
    }
}

/// The process ended before the call did, or before it could say so.
fn lost(record: &mut CallRecord) {
    record.refused(CallStatus::Failed, 500, "Server Internal Error", strowger_model::time::now());
    record.termination_reason = Some("the host was restarted".into());
}

#[cfg(test)]
mod tests {
    use strowger_model::call_record::CallDirection;
    use strowger_store::MemoryStore;

    use super::*;

    fn ended(seconds_ago: i64) -> CallRecord {
        let mut record =
            CallRecord::trying(AccountId::random(), CallDirection::Outbound, "a".into(), "b".into(), "c".into());
        let ended = strowger_model::time::now() - time::Duration::seconds(seconds_ago);
        record.refused(CallStatus::Busy, 486, "Busy Here", ended);
        record
    }

    async fn keep(store: &dyn Store, record: &CallRecord) {
        let body = serde_json::to_value(record).unwrap();
        store.put(recorder::key(record), body, Expect::Anything).await.unwrap();
    }

    #[tokio::test]
    async fn records_are_removed_when_their_time_is_over() {
        let (store, expiry) = (MemoryStore::new(), Expiry::new(Duration::from_secs(3_600)));
        let (old, young) = (ended(3_601), ended(3_500));
        for record in [&old, &young] {
            keep(&*store, record).await;
            expiry.note(record);
        }
        assert!(!expiry.is_current(&old) && expiry.is_current(&young));
        expiry.sweep(&*store).await.unwrap();
        assert!(store.get(&recorder::key(&old)).await.unwrap().is_none());
        assert!(store.get(&recorder::key(&young)).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_call_that_an_earlier_process_had_is_lost() {
        let (store, expiry) = (MemoryStore::new(), Expiry::new(Duration::from_secs(3_600)));
        let mut live = ended(0);
        live.answered(live.attempted_at);
        live.terminated_at = None;
        keep(&*store, &live).await;
        let account = Key::new(Owner::System, Kind::Account, live.account_sid.hex());
        store.put(account, serde_json::json!({}), Expect::Absent).await.unwrap();
        expiry.take_up(&*store).await.unwrap();
        let body = store.get(&recorder::key(&live)).await.unwrap().unwrap().body;
        assert_eq!(
            (&body["call_status"], &body["termination_reason"]),
            (&"failed".into(), &"the host was restarted".into())
        );
        assert_eq!(expiry.finished.lock().len(), 1);
    }
}
