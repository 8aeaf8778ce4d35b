//! Looking for jobs that wait: when one is queued or one's worker may be dead, and not otherwise.

use std::sync::Arc;
use std::time::Duration;

use strowger_model::Owner;
use strowger_store::{Change, Changes, Kind, Listing, Notice, Scan, StoreError, StoreExt};
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use super::JobRunner;
use crate::claim::Claim;
use crate::{Job, JobId};

/// Pause before a look is tried again that the store could not answer.
const RETRY: Duration = Duration::from_secs(1);

impl JobRunner {
    pub(super) async fn run(self: Arc<Self>) {
        let mut changes = self.store.changes();
        loop {
            let pause = self.look().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "jobs were not looked for");
                Some(RETRY)
            });
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = news(&self, &mut changes) => {}
                () = sleep(pause.map_or(self.config.look_every, |pause| pause.min(self.config.look_every))) => {}
            }
        }
    }

    /// Takes what is free. Answers when to look again, where that is known.
    pub(super) async fn look(self: &Arc<Self>) -> Result<Option<Duration>, StoreError> {
        let mut again: Option<Duration> = None;
        let mut sooner = |pause: Duration| again = Some(again.map_or(pause, |known| known.min(pause)));
        self.others.lock().clear();
        for document in self.store.collect(Scan::of(Owner::System, Kind::Job).by(Listing::Live)).await? {
            let Ok(job) = serde_json::from_value::<Job>(document.body) else { continue };
            // Work that is not known here may be known to a node of another version.
            if !self.works.contains_key(job.work.as_str()) || self.own.lock().contains(&job.id) {
                continue;
            }
            if let Some(pause) = job.not_before.and_then(until) {
                sooner(pause);
                continue;
            }
            // Whoever gives a place back wakes this up.
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { break };
            match Claim::take(&self.store, job.id, self.node, self.config.lease).await? {
                Some(claim) => self.spawn(claim, place),
                None => {
                    self.others.lock().insert(job.id);
                    sooner(self.config.lease);
                }
            }
        }
        Ok(again)
    }

    fn spawn(self: &Arc<Self>, claim: Claim, place: OwnedSemaphorePermit) {
        let (runner, id) = (Arc::clone(self), claim.context.job.id);
        self.own.lock().insert(id);
        self.tasks.spawn(async move {
            runner.work(claim).await;
            runner.own.lock().remove(&id);
            drop(place);
            runner.wake.notify_one();
        });
    }
}

/// Resolves when a job has changed that may be free.
async fn news(runner: &JobRunner, changes: &mut Changes) {
    loop {
        match changes.next().await {
            Some(Notice::Changed(change)) if !concerns(runner, &change) => {}
            Some(Notice::Missed(Some(Owner::Account(_)))) => {}
            Some(Notice::Many { owner, kinds, .. }) if owner != Owner::System || !kinds.contains(&Kind::Job) => {}
            Some(_) => return,
            None => std::future::pending().await,
        }
    }
}

fn concerns(runner: &JobRunner, change: &Change) -> bool {
    let Some(id) = change.key.id.parse::<JobId>().ok().filter(|_| change.key.kind == Kind::Job) else { return false };
    change.revision.is_some() && !runner.own.lock().contains(&id) && !runner.others.lock().contains(&id)
}

fn until(moment: i64) -> Option<Duration> {
    let now = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let left = u64::try_from(i128::from(moment) - now).ok().filter(|left| *left > 0)?;
    Some(Duration::from_millis(left))
}
