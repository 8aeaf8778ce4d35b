//! Status events: in order for each call, retried, and never in the way of the call itself. The last one of a call outlasts both.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, CallRecord, Secret};
use strowger_sandbox::hook::{Event, EventKind};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::asker::Asker;
use crate::hook::Hook;
use crate::outbox::{Outbox, Parked};
use crate::{meter, payload};

/// Events of one call that may wait for a slow server; further ones are left out, which shows as a gap in `sequence`.
const WAITING: usize = 64;

/// Pauses before the second and the third try.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// A final event that is not taken so soon is kept in the store.
const PROMPT: Duration = Duration::from_secs(1);

/// From there on, the time until only the store has it. It is told from there no earlier than [`HANDED_OVER`], so that no event of
/// the call comes after it.
const PATIENCE: Duration = Duration::from_secs(20);
const HANDED_OVER: Duration = Duration::from_secs(25);

/// The near end of a call's queue of status events.
pub(crate) struct Notices {
    queue: mpsc::Sender<Notice>,
    last: Option<oneshot::Sender<Parked>>,
    secret: Option<Secret>,
    sequence: u64,
}

struct Notice {
    hook: Hook,
    event: Event,
    is_final: bool,
}

/// What events are delivered with.
pub(crate) struct Courier {
    pub(crate) account: AccountId,
    pub(crate) asker: Asker,
    pub(crate) outbox: Arc<Outbox>,
    /// Given up with the last event.
    pub(crate) _place: OwnedSemaphorePermit,
}

impl Notices {
    /// A queue and the work of delivering it, which ends when the queue is dropped and empty.
    pub(crate) fn new(secret: Option<Secret>, courier: Courier) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, events) = mpsc::channel(WAITING);
        let (last, final_event) = oneshot::channel();
        let delivery = async move { courier.deliver(events, final_event).await };
        (Self { queue, last: Some(last), secret, sequence: 0 }, delivery)
    }

    /// Tells the hook, if there is one, how the call stands. The last place in the queue is kept for the final state.
    pub(crate) fn tell(&mut self, hook: Option<&Hook>, record: &CallRecord, extra: Map<String, Value>) {
        self.sequence += 1;
        let Some(hook) = hook else { return };
        let is_final = record.call_status.is_final();
        if self.queue.capacity() <= 1 && !is_final {
            meter::status_event("dropped");
            return;
        }
        let mut told = payload::base(record);
        told.insert("sequence".into(), json!(self.sequence));
        told.insert("timestamp".into(), json!(timestamp()));
        told.extend(extra);
        let event = payload::event(EventKind::CallStatus, record, told, hook.to_json(self.secret.as_ref()));
        if let Some(last) = self.last.take_if(|_| is_final) {
            // Who delivers may be gone with the process.
            let _ = last.send(Parked::new(record.clone(), hook.clone(), event.payload.clone()));
        }
        if self.queue.try_send(Notice { hook: hook.clone(), event, is_final }).is_err() {
            meter::status_event("dropped");
        }
    }
}

impl Courier {
    async fn deliver(self, mut events: mpsc::Receiver<Notice>, last: oneshot::Receiver<Parked>) {
        let (known, over) = (CancellationToken::new(), CancellationToken::new());
        let delivering = async {
            let _over = over.clone().drop_guard();
            let told = self.tell_all(&mut events);
            tokio::pin!(told);
            tokio::select! {
                is_taken = &mut told => return is_taken,
                () = known.cancelled() => {}
            }
            timeout(PATIENCE, told).await.unwrap_or(false)
        };
        let keeping = async {
            let event = last.await.ok()?;
            let in_time = over.run_until_cancelled(sleep(PROMPT)).await.is_none();
            let kept = if in_time { None } else { self.outbox.keep(&event, HANDED_OVER).await };
            known.cancel();
            Some((event, kept))
        };
        let (is_taken, last) = tokio::join!(delivering, keeping);
        match last {
            Some((_, Some(kept))) if is_taken => self.outbox.forget(kept).await,
            Some((event, None)) if !is_taken => drop(self.outbox.keep(&event, Duration::ZERO).await),
            _ => {}
        }
    }

    /// Whether the final one was taken, after which nothing comes.
    async fn tell_all(&self, events: &mut mpsc::Receiver<Notice>) -> bool {
        while let Some(notice) = events.recv().await {
            let is_final = notice.is_final;
            let is_taken = self.with_retries(notice).await.is_ok();
            meter::status_event(if is_taken { "delivered" } else { "failed" });
            if is_final {
                return is_taken;
            }
        }
        true
    }

    /// Verbs in the reply are ignored, unreadable ones too: what counts is that somebody took the event.
    async fn with_retries(&self, Notice { hook, mut event, .. }: Notice) -> Result<(), String> {
        for pause in BACK_OFF {
            if self.asker.tell(self.account, &hook, &event).await.is_ok() {
                return Ok(());
            }
            sleep(pause).await;
            event.time = payload::now();
        }
        let outcome = self.asker.tell(self.account, &hook, &event).await;
        if let Err(reason) = &outcome {
            self.asker.gave_up(self.account, &hook, &event, reason);
            tracing::warn!(account = %self.account, call_sid = event.call.call_sid, reason, "status event not delivered");
        }
        outcome
    }
}

fn timestamp() -> String {
    let now = time::OffsetDateTime::now_utc();
    now.format(&time::format_description::well_known::Rfc2822).unwrap_or_default()
}

#[cfg(test)]
mod tests;
