//! Bulk jobs that nobody works on any more: the driver was given up, or was never queued.

use std::sync::Arc;
use std::time::Duration;

use strowger_model::{Owner, time};
use strowger_store::{Document, Expect, Kind, Listing, Scan, Store, StoreError, StoreExt};
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::create::driver;
use super::document::NumberJob;

/// Owners that are read at once.
const OWNERS: usize = 1_000;

/// Looks for such jobs until it is dropped, and gives them a driver of their own.
pub struct Recovery {
    _stop: DropGuard,
}

impl Recovery {
    /// Looks at once, and then `every` so often, for jobs that have not got on for `threshold`, whatever month they are of.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, every: Duration, threshold: Duration) -> Self {
        let stop = CancellationToken::new();
        let looking = async move {
            loop {
                match recover(&*store, threshold).await {
                    Ok(0) => {}
                    Ok(count) => tracing::warn!(count, "bulk jobs were at a standstill and go on"),
                    Err(error) => tracing::warn!(%error, "bulk jobs at a standstill were not looked for"),
                }
                sleep(every).await;
            }
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(looking));
        Self { _stop: stop.drop_guard() }
    }
}

/// Answers how many jobs go on.
pub(super) async fn recover(store: &dyn Store, threshold: Duration) -> Result<usize, StoreError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let owners = store.owners(after, OWNERS).await?;
        let Some(last) = owners.last() else { return Ok(count) };
        after = Some(*last);
        for owner in owners {
            for document in store.collect(Scan::of(owner, Kind::NumberJob).by(Listing::Live)).await? {
                match revive(store, owner, document, threshold).await {
                    Ok(goes_on) => count += usize::from(goes_on),
                    // One that is damaged keeps no other one waiting.
                    Err(error @ StoreError::Fault(_)) => tracing::warn!(%error, "a bulk job at a standstill stays so"),
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// Gives a job another driver. Whoever writes its document first does so, and the driver that it had stops where it still lives.
async fn revive(store: &dyn Store, owner: Owner, document: Document, threshold: Duration) -> Result<bool, StoreError> {
    let mut job: NumberJob = document.decode()?;
    let threshold = i64::try_from(threshold.as_secs()).unwrap_or(i64::MAX);
    let is_recent = time::gregorian_now().saturating_sub(job.modified) < threshold;
    let is_driven = crate::find(store, job.driver).await?.is_some_and(|driver| !driver.state.is_final());
    if is_recent || is_driven {
        return Ok(false);
    }
    let driver = driver(owner, &job.id);
    (job.driver, job.modified) = (driver.id, time::gregorian_now());
    match store.commit(vec![job.write(owner, Expect::Revision(document.revision))?]).await {
        Ok(_) => store.commit(vec![driver.enqueue()]).await.map(|_| true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
