//! The way in: placing, finding, changing and ending calls.

mod control;
mod create;
mod read;

use std::sync::{Arc, Weak};
use std::time::Duration;

use strowger_media::AudioLibrary;
use strowger_model::{QueuedCall, Sid};
use strowger_nodes::Membership;
use strowger_store::{Store, StoreError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alerts::Alerts;
use crate::asker::Asker;
use crate::command::Command;
use crate::config::CallsConfig;
use crate::lost::Lost;
use crate::outbox::Outbox;
use crate::ports::{Hooks, Legs, Routes, Sockets, Texts};
use crate::queue_events::{QueueEvent, QueueEvents};
use crate::recorder::Recorder;
use crate::registry::Registry;
use crate::remote::{Here, SERVICE};
use crate::services::Services;

/// Status events may outlast their calls, but not without bound: this many calls' events for each that may be live.
const DELIVERIES_PER_CALL: usize = 4;

/// Pause before calls of dead nodes are looked for again where the store could not answer.
const TIDYING: Duration = Duration::from_secs(5);

/// What a call manager is made of.
pub struct Parts {
    /// Starts legs.
    pub legs: Arc<dyn Legs>,
    /// Routes numbers.
    pub routes: Arc<dyn Routes>,
    /// Asks call hooks.
    pub hooks: Arc<dyn Hooks>,
    /// Opens WebSockets to call hooks.
    pub sockets: Arc<dyn Sockets>,
    /// Keeps records, and has the applications.
    pub store: Arc<dyn Store>,
    /// The nodes, of which this is one.
    pub nodes: Arc<Membership>,
    /// Sends messages.
    pub texts: Arc<dyn Texts>,
    /// Has the prompts.
    pub library: Arc<AudioLibrary>,
    /// The bounds.
    pub config: CallsConfig,
}

/// A call whose INVITE is on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedCall {
    /// Its id.
    pub sid: Sid,
    /// SIP Call-ID.
    pub call_id: String,
}

/// How far an update came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updated {
    /// It has taken effect.
    Done,
    /// The far end was asked, and this is what it answered.
    Answered(strowger_sip::Answer),
    /// It is still under way.
    UnderWay,
}

/// Places calls and stays with them.
pub struct CallManager {
    store: Arc<dyn Store>,
    nodes: Arc<Membership>,
    services: Services,
    registry: Arc<Registry>,
    recorder: Arc<Recorder>,
    outbox: Arc<Outbox>,
    alerts: Alerts,
    places: Arc<Semaphore>,
    deliveries: Arc<Semaphore>,
    calls: TaskTracker,
    keepers: TaskTracker,
    stop: CancellationToken,
}

impl CallManager {
    /// A manager without calls, which the other nodes can reach. What dead nodes had is marked as ended beside it.
    #[must_use]
    pub fn start(parts: Parts) -> Arc<Self> {
        let Parts { legs, routes, hooks, sockets, store, nodes, texts, library, config } = parts;
        let (keepers, stop) = (TaskTracker::new(), CancellationToken::new());
        let recorder = Recorder::new(nodes.id(), &config);
        keepers.spawn(Arc::clone(&recorder).run(store.clone(), stop.clone()));
        let (alerts, alerting) = Alerts::new(store.clone(), config.alert_retention, stop.clone());
        keepers.spawn(alerting);
        let asker = Asker::new(hooks, sockets, alerts.clone(), config.hook_timeout);
        let outbox = Outbox::new(store.clone(), config.event_retention);
        keepers.spawn(Arc::clone(&outbox).run(asker.clone(), stop.clone()));
        let places = Arc::new(Semaphore::new(config.max_live));
        let deliveries = Arc::new(Semaphore::new(config.max_live.saturating_mul(DELIVERIES_PER_CALL)));
        let queue_events = QueueEvents::new(store.clone(), asker.clone(), outbox.clone());
        let services = Services { legs, routes, asker, library, texts, queue_events, config: Arc::new(config) };
        let (registry, calls) = (Arc::default(), TaskTracker::new());
        let manager = Arc::new(Self {
            store,
            nodes,
            services,
            registry,
            recorder,
            outbox,
            alerts,
            places,
            deliveries,
            calls,
            keepers,
            stop,
        });
        let here = || Arc::new(Here(Arc::downgrade(&manager)));
        manager.nodes.offer(SERVICE, here());
        manager.nodes.watch(here());
        manager.keepers.spawn(tidy(Arc::downgrade(&manager), manager.stop.clone()));
        manager
    }

    /// Marks the live calls of dead nodes as ended.
    pub(crate) async fn end_lost(&self) -> Result<(), StoreError> {
        Lost { store: &*self.store, nodes: &self.nodes, config: &self.services.config }.end_all().await
    }

    /// Has the records of all calls written once more, and answers how many they are.
    pub(crate) fn rewrite(&self) -> usize {
        let calls = self.registry.all();
        calls.iter().for_each(|call| self.recorder.refresh(&call.record));
        calls.len()
    }

    /// Has the account's `queue_event_hook` told, if it has one; nobody waits for it.
    pub async fn queue_event(&self, queued: QueuedCall, happened: QueueEvent) {
        if let Ok(Some(record)) = self.get(queued.account_sid, queued.call_sid).await {
            let events = self.services.queue_events.clone();
            self.calls.spawn(async move { events.tell(&record, &queued, happened).await });
        }
    }

    /// Hangs up all calls, and waits for their records and events to be written and told, no longer than `patience`.
    pub async fn shutdown(&self, patience: Duration) {
        self.places.close();
        self.calls.close();
        let ending = async {
            // Again and again, for a call that was being placed meanwhile.
            loop {
                for call in self.registry.all() {
                    // Where the queue is full, its call is told the next time.
                    let _ = call.commands.try_send(Command::End);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let in_time = tokio::select! {
            () = self.calls.wait() => true,
            () = ending => false,
            () = tokio::time::sleep(patience) => false,
        };
        if !in_time {
            tracing::warn!(live = self.registry.len(), "calls or their status events were left unfinished");
        }
        self.stop.cancel();
        self.keepers.close();
        let _ = tokio::time::timeout(patience, self.keepers.wait()).await;
    }

    /// How many calls are live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.registry.len()
    }
}

/// What was left behind by nodes that nobody remembers: once, for from then on every death is told.
async fn tidy(manager: Weak<CallManager>, stop: CancellationToken) {
    while let Some(manager) = manager.upgrade() {
        match stop.run_until_cancelled(manager.end_lost()).await {
            Some(Err(error)) => tracing::warn!(%error, "the calls of dead nodes were not looked for"),
            Some(Ok(())) | None => return,
        }
        drop(manager);
        tokio::time::sleep(TIDYING).await;
    }
}

#[cfg(test)]
mod tests;
