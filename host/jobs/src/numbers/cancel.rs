//! Calling a bulk job off.

use strowger_model::number_job::{NumberJobId, NumberJobStatus};
use strowger_model::{Owner, time};
use strowger_store::{Author, Batch, Expect, Revision, Store, StoreError};

use super::document::NumberJob;
use super::read::find;

/// Times that it is tried to get in between two parts.
const TRIES: usize = 64;

/// Calls a job off, unless `admit` has something against its revision. The numbers that were added stay, and so does a job that is over
/// as it is. Answers the job as it then is; none where there is no such one.
///
/// # Errors
/// What `admit` says; those of the store, a conflict where the job changes too often.
pub async fn cancel<E: From<StoreError>>(
    store: &dyn Store,
    owner: Owner,
    id: &NumberJobId,
    author: Author,
    admit: impl Fn(&Revision) -> Result<(), E> + Send,
) -> Result<Option<(NumberJob, Revision)>, E> {
    let mut last = None;
    for _ in 0..TRIES {
        let Some((document, mut job)) = find(store, owner, id).await? else { return Ok(None) };
        admit(&document.revision)?;
        if job.status.is_final() {
            return Ok(Some((job, document.revision)));
        }
        job.end(NumberJobStatus::Cancelled, time::gregorian_now());
        let write = job.write(owner, Expect::Revision(document.revision))?;
        match store.apply(Batch::of(vec![write]).by(Some(author.clone()))).await {
            Ok(revisions) => {
                let revision = revisions.into_iter().next().flatten();
                let revision = revision.ok_or_else(|| StoreError::Fault("a put answered no revision".into()))?;
                return Ok(Some((job, revision)));
            }
            Err(StoreError::Conflict(key)) => last = Some(key),
            Err(error) => return Err(error.into()),
        }
    }
    Err(last.map_or_else(|| StoreError::Fault("nothing was tried".into()), StoreError::Conflict).into())
}
