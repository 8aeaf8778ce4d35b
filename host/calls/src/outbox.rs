//! Final status events that nobody has taken yet: kept in the store, and told from there by whichever node lives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};
use strowger_model::{Account, AccountId, CallRecord, Owner, Secret};
use strowger_sandbox::hook::EventKind;
use strowger_store::{Document, Expect, Key, Kind, Name, Scan, Store, StoreError, StoreExt, Write};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::asker::Asker;
use crate::hook::Hook;
use crate::{meter, payload};

/// Pause between two looks for events that are due.
const LOOK: Duration = Duration::from_secs(2);

/// Pause before an event is told again, doubled each time, and the longest one.
const FIRST: i64 = 5;
const LONGEST: i64 = 300;

/// Events that one look takes on, receivers that are told at once, and the longest time that one receiver of many events has.
const BATCH: usize = 256;
const AT_ONCE: usize = 16;
const TURN: Duration = Duration::from_secs(30);

/// Events of one account that are kept within one retention.
const PER_ACCOUNT: i64 = 10_000;

/// The events of all calls.
pub(crate) struct Outbox {
    store: Arc<dyn Store>,
    retention: Duration,
}

/// An event with everything that it takes to tell it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Parked {
    record: CallRecord,
    hook: Hook,
    payload: String,
    /// Tries from here, the one that is next among them.
    #[serde(default)]
    tries: u32,
    /// Unix seconds; it is given up then.
    #[serde(default)]
    until: i64,
}

impl Parked {
    pub(crate) fn new(record: CallRecord, hook: Hook, payload: String) -> Self {
        Self { record, hook, payload, tries: 0, until: 0 }
    }

    fn key(&self, due: i64) -> Key {
        Key::new(Owner::System, Kind::StatusEvent, format!("{}:{}", moment(due), self.record.call_sid))
    }

    fn write(&self, due: i64) -> Write {
        let body = serde_json::to_value(self).unwrap_or_default();
        let lifetime = u64::try_from(self.until - strowger_model::time::unix_now()).unwrap_or_default();
        // Given up in words before the store drops it.
        Write::put(self.key(due), body, Expect::Anything).expires_in(Duration::from_secs(lifetime) + 2 * TURN)
    }

    fn account(&self) -> AccountId {
        self.record.account_sid
    }
}

/// Events of one receiver, in the order in which they are due.
type Receivers = BTreeMap<(AccountId, String), Vec<(Document, Parked)>>;

impl Outbox {
    pub(crate) fn new(store: Arc<dyn Store>, retention: Duration) -> Arc<Self> {
        Arc::new(Self { store, retention })
    }

    /// Keeps an event, to be told no earlier than `rest` from now. None where it cannot be kept.
    pub(crate) async fn keep(&self, event: &Parked, rest: Duration) -> Option<Key> {
        match self.try_keep(event, rest).await {
            Ok(kept) => {
                meter::status_event(if kept.is_some() { "kept" } else { "dropped" });
                kept
            }
            Err(error) => {
                tracing::warn!(account = %event.account(), call_sid = %event.record.call_sid, %error, "final status event not kept");
                None
            }
        }
    }

    async fn try_keep(&self, event: &Parked, rest: Duration) -> Result<Option<Key>, StoreError> {
        let counter = Name::new(event.account(), "status_events");
        if self.store.count(&counter, 1, Some(self.retention)).await? > PER_ACCOUNT {
            return Ok(None);
        }
        let now = strowger_model::time::unix_now();
        let event = Parked { until: now.saturating_add(seconds(self.retention)), ..event.clone() };
        let due = now.saturating_add(seconds(rest));
        self.store.commit(vec![event.write(due)]).await?;
        Ok(Some(event.key(due)))
    }

    /// It was taken after all.
    pub(crate) async fn forget(&self, kept: Key) {
        if let Err(error) = self.store.delete(kept, Expect::Anything).await {
            tracing::warn!(%error, "a status event that was taken will be told again");
        }
    }

    /// Tells what is due until told to stop.
    pub(crate) async fn run(self: Arc<Self>, asker: Asker, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            let told = self.tell_due(&asker, strowger_model::time::unix_now());
            match stop.run_until_cancelled(told).await {
                Some(Err(error)) => tracing::debug!(%error, "kept status events not looked for"),
                Some(Ok(())) => {}
                None => return,
            }
        }
    }

    pub(crate) async fn tell_due(&self, asker: &Asker, now: i64) -> Result<(), StoreError> {
        let due = Scan::of(Owner::System, Kind::StatusEvent).until(moment(now.saturating_add(1))).limit(BATCH);
        let mut receivers = Receivers::new();
        for document in self.store.scan(&due).await?.documents {
            let event: Parked = document.decode()?;
            receivers.entry((event.account(), event.hook.to_json(None))).or_default().push((document, event));
        }
        let told = receivers.into_iter().map(|((account, _), events)| self.tell_receiver(asker, account, events, now));
        let outcomes: Vec<Result<(), StoreError>> = stream::iter(told).buffer_unordered(AT_ONCE).collect().await;
        outcomes.into_iter().collect()
    }

    /// One after the other. Where the first is not taken, the others wait too.
    async fn tell_receiver(
        &self,
        asker: &Asker,
        account: AccountId,
        events: Vec<(Document, Parked)>,
        now: i64,
    ) -> Result<(), StoreError> {
        let (secret, begun, mut is_there) = (self.secret(account).await?, Instant::now(), true);
        for (document, event) in events {
            if begun.elapsed() > TURN {
                break;
            }
            let Some(secret) = &secret else {
                self.store.delete(document.key, Expect::Anything).await?;
                continue;
            };
            let Some(next) = self.claim(document, &event, now).await? else { continue };
            if is_there {
                is_there = tell(asker, &event, secret).await;
                if is_there {
                    self.store.delete(next, Expect::Anything).await?;
                }
            }
        }
        Ok(())
    }

    /// Moves an event to its next turn, so that no other node takes it on; none where one has, or where it is too old.
    async fn claim(&self, document: Document, event: &Parked, now: i64) -> Result<Option<Key>, StoreError> {
        let taken = Write::delete(document.key, Expect::Revision(document.revision));
        if event.until <= now {
            self.store.commit(vec![taken]).await?;
            tracing::warn!(account = %event.account(), call_sid = %event.record.call_sid, "final status event given up");
            meter::status_event("expired");
            return Ok(None);
        }
        let pause = FIRST.checked_shl(event.tries).map_or(LONGEST, |pause| pause.clamp(FIRST, LONGEST));
        let (event, due) = (Parked { tries: (event.tries + 1).min(30), ..event.clone() }, now.saturating_add(pause));
        match self.store.commit(vec![taken, event.write(due)]).await {
            Ok(_) => Ok(Some(event.key(due))),
            Err(StoreError::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the account signs with; none where there is no such account any more.
    async fn secret(&self, account: AccountId) -> Result<Option<Secret>, StoreError> {
        let document = self.store.get(&Key::new(Owner::System, Kind::Account, account.hex())).await?;
        document.map(|document| document.decode::<Account>().map(|account| account.webhook_secret)).transpose()
    }
}

async fn tell(asker: &Asker, event: &Parked, secret: &Secret) -> bool {
    let told = payload::retold(EventKind::CallStatus, &event.record, &event.payload, event.hook.to_json(Some(secret)));
    let is_taken = asker.tell(event.account(), &event.hook, &told).await.is_ok();
    meter::status_event(if is_taken { "delivered" } else { "failed" });
    is_taken
}

/// Sorts by time.
fn moment(unix: i64) -> String {
    format!("{:012}", unix.max(0))
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
