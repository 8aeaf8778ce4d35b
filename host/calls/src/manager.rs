//! The way in: placing, finding, changing and ending calls.

mod create;
mod read;

use std::sync::Arc;
use std::time::Duration;

use strowger_media::AudioLibrary;
use strowger_model::{AccountId, Sid};
use strowger_store::{Expect, Store, StoreError, StoreExt};
use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::asker::Asker;
use crate::command::{Command, Update};
use crate::config::CallsConfig;
use crate::error::UpdateError;
use crate::expiry::Expiry;
use crate::ports::{Hooks, Legs, Routes};
use crate::recorder::Recorder;
use crate::registry::Registry;
use crate::services::Services;

/// Status events may outlast their calls, but not without bound: this many calls' events for each that may be live.
const DELIVERIES_PER_CALL: usize = 4;

/// What a call manager is made of.
pub struct Parts {
    /// Starts legs.
    pub legs: Arc<dyn Legs>,
    /// Routes numbers.
    pub routes: Arc<dyn Routes>,
    /// Asks call hooks.
    pub hooks: Arc<dyn Hooks>,
    /// Keeps records, and has the applications.
    pub store: Arc<dyn Store>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    /// It has taken effect.
    Done,
    /// It is still under way.
    UnderWay,
}

/// Places calls and stays with them.
pub struct CallManager {
    store: Arc<dyn Store>,
    services: Services,
    registry: Arc<Registry>,
    recorder: Arc<Recorder>,
    places: Arc<Semaphore>,
    deliveries: Arc<Semaphore>,
    calls: TaskTracker,
    keepers: TaskTracker,
    stop: CancellationToken,
}

impl CallManager {
    /// A manager without calls. The records of an earlier process are taken up first.
    ///
    /// # Errors
    /// Where those records cannot be read.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StoreError> {
        let Parts { legs, routes, hooks, store, library, config } = parts;
        let expiry = Expiry::new(config.retention);
        expiry.take_up(&*store).await?;
        let (recorder, keepers, stop) = (Arc::new(Recorder::default()), TaskTracker::new(), CancellationToken::new());
        keepers.spawn(recorder.clone().run(store.clone(), stop.clone()));
        keepers.spawn(expiry.clone().run(store.clone(), stop.clone()));
        let asker = Asker::new(hooks, config.hook_timeout);
        let places = Arc::new(Semaphore::new(config.max_live));
        let deliveries = Arc::new(Semaphore::new(config.max_live.saturating_mul(DELIVERIES_PER_CALL)));
        let services = Services { legs, routes, asker, library, expiry, config: Arc::new(config) };
        let (registry, calls) = (Arc::default(), TaskTracker::new());
        Ok(Arc::new(Self { store, services, registry, recorder, places, deliveries, calls, keepers, stop }))
    }

    /// Changes a live call.
    ///
    /// # Errors
    /// [`UpdateError`]; nothing has changed then.
    pub async fn update(&self, account: AccountId, sid: Sid, update: Update) -> Result<Updated, UpdateError> {
        let Some(call) = self.registry.find(account, sid) else {
            let known = self.stored(account, sid).await?.is_some();
            return Err(if known { UpdateError::Gone(sid) } else { UpdateError::NotFound });
        };
        let (reply, outcome) = oneshot::channel();
        call.commands.try_send(Command::Update(update, reply)).map_err(|error| match error {
            tokio::sync::mpsc::error::TrySendError::Full(_) => UpdateError::Busy,
            tokio::sync::mpsc::error::TrySendError::Closed(_) => UpdateError::Gone(sid),
        })?;
        match tokio::time::timeout(self.services.config.update_wait, outcome).await {
            Ok(Ok(outcome)) => outcome.map(|()| Updated::Done),
            // The call ended before it came to this update.
            Ok(Err(_)) => Err(UpdateError::Gone(sid)),
            Err(_) => Ok(Updated::UnderWay),
        }
    }

    /// Hangs up a live call and removes its record.
    ///
    /// # Errors
    /// [`UpdateError::NotFound`], [`UpdateError::Store`].
    pub async fn delete(&self, account: AccountId, sid: Sid) -> Result<Updated, UpdateError> {
        if let Some(call) = self.registry.find(account, sid) {
            call.discard();
            // A full queue holds what ends the call or is soon read.
            let ending = async {
                let _ = call.commands.send(Command::End).await;
                call.gone.cancelled().await;
            };
            return match tokio::time::timeout(self.services.config.update_wait, ending).await {
                Ok(()) => Ok(Updated::Done),
                Err(_) => Ok(Updated::UnderWay),
            };
        }
        let record = self.stored(account, sid).await?.ok_or(UpdateError::NotFound)?;
        self.store.delete(crate::recorder::key(&record), Expect::Anything).await?;
        Ok(Updated::Done)
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

#[cfg(test)]
mod tests;
