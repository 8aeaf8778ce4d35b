//! The job that removes bulk jobs which have been over for long enough. The numbers that they added stay.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use strowger_model::{Owner, time};
use strowger_store::{
    Batch, Document, Expect, Kind, Listing, Scan, Store, StoreError, StoreExt, Write, listing::by_second,
};

use super::document::NumberJob;
use crate::{Context, Step, Work, WorkError, rounds};

const NAME: &str = "tidy-number-jobs";

/// The one job of an installation that does this.
const JOB: &str = "6e756d62-6572-4a6f-8000-000000000001";

/// Parts that are removed at once.
const PARTS: usize = 200;

/// Removes outdated bulk jobs, again and again.
pub struct TidyNumberJobs {
    /// How long one is kept that is over.
    pub retention: Duration,
    /// How long it rests when it has seen all.
    pub pause: Duration,
}

impl Default for TidyNumberJobs {
    fn default() -> Self {
        Self { retention: Duration::from_secs(30 * 86_400), pause: Duration::from_secs(3_600) }
    }
}

impl TidyNumberJobs {
    /// Queues the job, unless it is there already.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn queue(store: &dyn Store) -> Result<(), StoreError> {
        rounds::queue(store, JOB, NAME).await
    }
}

#[async_trait]
impl Work for TidyNumberJobs {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let owners = rounds::owners(context, cursor).await?;
        let mut done = context.job().progress.done;
        for owner in &owners {
            done += tidied(context.store(), *owner, self.retention).await?;
        }
        Ok(rounds::next(&owners, done, self.pause))
    }
}

/// Answers how many jobs of an owner went.
async fn tidied(store: &dyn Store, owner: Owner, retention: Duration) -> Result<u64, StoreError> {
    let kept = i64::try_from(retention.as_secs()).unwrap_or(i64::MAX);
    let before = time::gregorian_now().saturating_sub(kept);
    let mut removed = 0;
    // One that is over was made before it was over.
    let mut scan = Scan::of(owner, Kind::NumberJob).by(Listing::Created).until(by_second(before));
    loop {
        let page = store.scan(&scan).await?;
        for document in page.documents {
            let job: NumberJob = match document.decode() {
                Ok(job) => job,
                Err(error) => {
                    tracing::warn!(%error, %owner, "a bulk job that cannot be read stays");
                    continue;
                }
            };
            if job.finished.is_some_and(|finished| job.status.is_final() && finished < before) {
                removed += u64::from(remove(store, owner, document, &job).await?);
            }
        }
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(removed),
        }
    }
}

/// The job's own document goes last: where this is broken off, the next round finds it again.
async fn remove(store: &dyn Store, owner: Owner, document: Document, job: &NumberJob) -> Result<bool, StoreError> {
    let parts = Scan::of(owner, Kind::NumberJobPart).prefix(&format!("{}:", job.id)).limit(PARTS);
    loop {
        let page = store.scan(&parts).await?;
        if page.documents.is_empty() {
            break;
        }
        let writes = page.documents.into_iter().map(|part| Write::delete(part.key, Expect::Anything));
        store.apply(Batch::of(writes.collect())).await?;
    }
    match store.delete(document.key, Expect::Revision(document.revision)).await {
        Ok(()) => Ok(true),
        // Somebody has changed it; a later round looks again.
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
