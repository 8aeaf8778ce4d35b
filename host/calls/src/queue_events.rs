//! The `queue_event_hook` of accounts: told when a call begins to wait in a queue, and when it waits no longer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::{Account, AccountId, CallRecord, Owner, QueuedCall, Secret, Sid};
use strowger_rooms::{Queues, RoomError};
use strowger_sandbox::hook::EventKind;
use strowger_store::{Key, Kind, Store, StoreError};

use crate::asker::Asker;
use crate::hook::Hook;
use crate::outbox::{Outbox, Parked};
use crate::payload;

/// What happened to a call in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueEvent {
    /// It began to wait.
    Joined,
    /// It was taken out.
    Dequeued,
    /// It ended, or left of its own accord.
    Abandoned,
}

/// Tells them.
#[derive(Clone)]
pub(crate) struct QueueEvents {
    store: Arc<dyn Store>,
    asker: Asker,
    outbox: Arc<Outbox>,
}

impl QueueEvents {
    pub(crate) fn new(store: Arc<dyn Store>, asker: Asker, outbox: Arc<Outbox>) -> Self {
        Self { store, asker, outbox }
    }

    /// The call's place in a queue, where it has one.
    pub(crate) async fn place(&self, account: AccountId, call: Sid) -> Option<QueuedCall> {
        let found = self.store.get(&Key::new(account, Kind::QueuedCall, call.to_string())).await;
        found.ok().flatten().and_then(|document| document.decode().ok())
    }

    /// Tells the account's hook, if it has one. What it does not take is told again as final status events are.
    pub(crate) async fn tell(&self, record: &CallRecord, queued: &QueuedCall, happened: QueueEvent) {
        if let Err(error) = self.told(record, queued, happened).await {
            tracing::warn!(account = %record.account_sid, call_sid = %record.call_sid, %error, "queue event not told");
        }
    }

    async fn told(&self, record: &CallRecord, queued: &QueuedCall, happened: QueueEvent) -> Result<(), RoomError> {
        let account = record.account_sid;
        let Some((hook, secret)) = self.hook(account).await? else { return Ok(()) };
        let length = match (Queues { store: &*self.store, account }).calls(&queued.queue).await {
            // The queue went with the calls in it.
            Err(RoomError::Missing) => 0,
            calls => calls?.len(),
        };
        let mut told = payload::base(record);
        told.extend(news(queued, happened, length));
        let event = payload::event(EventKind::CallStatus, record, told, hook.to_json(Some(&secret)));
        if self.asker.tell(account, &hook, &event).await.is_err() {
            let _ = self.outbox.keep(&Parked::new(record.clone(), hook, event.payload), Duration::ZERO).await;
        }
        Ok(())
    }

    async fn hook(&self, account: AccountId) -> Result<Option<(Hook, Secret)>, StoreError> {
        let Some(document) = self.store.get(&Key::new(Owner::System, Kind::Account, account.hex())).await? else {
            return Ok(None);
        };
        let account: Account = document.decode()?;
        let hook = account.queue_event_hook.and_then(|hook| Hook::parse("queue_event_hook", &json!(hook)).ok());
        Ok(hook.map(|hook| (hook, account.webhook_secret)))
    }
}

/// Moments are Unix milliseconds.
fn news(queued: &QueuedCall, happened: QueueEvent, length: usize) -> Map<String, Value> {
    let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let event = match happened {
        QueueEvent::Joined => json!({"event": "join", "join_time": queued.joined_ms}),
        QueueEvent::Dequeued => json!({"event": "leave", "leave_reason": "dequeued", "leave_time": now}),
        QueueEvent::Abandoned => json!({"event": "leave", "leave_reason": "abandoned", "leave_time": now}),
    };
    let mut news = event.as_object().cloned().unwrap_or_default();
    news.insert("queue".into(), json!(queued.queue));
    news.insert("length".into(), json!(length));
    news
}
