//! Status events: in order for each call, retried, and never in the way of the call itself.

use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, CallRecord, Secret};
use strowger_sandbox::hook::{Event, EventKind};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::asker::Asker;
use crate::hook::Hook;
use crate::{meter, payload};

/// Events of one call that may wait for a slow server; further ones are left out, which shows as a gap in `sequence`.
const WAITING: usize = 64;

/// Pauses before the second and the third try.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The near end of a call's queue of status events.
pub(crate) struct Notices {
    queue: mpsc::Sender<Notice>,
    secret: Option<Secret>,
    sequence: u64,
}

struct Notice {
    hook: Hook,
    event: Event,
}

impl Notices {
    /// A queue and the work of delivering it, which ends when the queue is dropped and empty.
    pub(crate) fn new(
        account: AccountId,
        secret: Option<Secret>,
        asker: Asker,
        place: OwnedSemaphorePermit,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, events) = mpsc::channel(WAITING);
        let delivery = async move {
            deliver(account, &asker, events).await;
            drop(place);
        };
        (Self { queue, secret, sequence: 0 }, delivery)
    }

    /// Tells the hook, if there is one, how the call stands. The last place in the queue is kept for the final state.
    pub(crate) fn tell(&mut self, hook: Option<&Hook>, record: &CallRecord, extra: Map<String, Value>) {
        self.sequence += 1;
        let Some(hook) = hook else { return };
        if self.queue.capacity() <= 1 && !record.call_status.is_final() {
            meter::status_event("dropped");
            return;
        }
        let mut told = payload::base(record);
        told.insert("sequence".into(), json!(self.sequence));
        told.insert("timestamp".into(), json!(timestamp()));
        told.extend(extra);
        let event = payload::event(EventKind::CallStatus, record, told, hook.to_json(self.secret.as_ref()));
        if self.queue.try_send(Notice { hook: hook.clone(), event }).is_err() {
            meter::status_event("dropped");
        }
    }
}

async fn deliver(account: AccountId, asker: &Asker, mut events: mpsc::Receiver<Notice>) {
    while let Some(notice) = events.recv().await {
        let outcome = with_retries(account, asker, &notice).await;
        if let Err(reason) = &outcome {
            tracing::warn!(%account, call_sid = notice.event.call.call_sid, reason, "status event not delivered");
        }
        meter::status_event(if outcome.is_ok() { "delivered" } else { "failed" });
    }
}

/// Verbs in the reply are ignored, unreadable ones too: what counts is that somebody took the event.
async fn with_retries(account: AccountId, asker: &Asker, notice: &Notice) -> Result<(), String> {
    for pause in BACK_OFF {
        if asker.tell(account, &notice.hook, &notice.event).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    asker.tell(account, &notice.hook, &notice.event).await
}

fn timestamp() -> String {
    let now = time::OffsetDateTime::now_utc();
    now.format(&time::format_description::well_known::Rfc2822).unwrap_or_default()
}

#[cfg(test)]
mod tests;
