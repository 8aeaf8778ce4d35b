//! Taking numbers for a bulk job.
//!
//! Entry and document of a number lie with different owners and cannot change in one step. So the entry is taken first, in the name of
//! the job, and from then on only that job may write the document, until it is over: then an entry without a document is free again.

use futures::future::try_join_all;
use strowger_model::Owner;
use strowger_model::number_job::{NumberJobId, NumberJobStatus};
use strowger_model::phone_number::E164;
use strowger_store::numbers::{Holder, document, entry, is_settled};
use strowger_store::{Batch, Document, Expect, Revision, Store, StoreError, Write};

use super::document::{Reason, key};
use crate::{Context, WorkError};

/// Entries that are looked at at the same time.
const AT_ONCE: usize = 32;

/// Times that numbers are looked at again which others take meanwhile.
const TRIES: usize = 16;

/// Takes numbers for a job of that owner. Answers for each why it cannot be had, or none where it is the job's.
pub(super) async fn claim(
    context: &Context,
    owner: Owner,
    job: &NumberJobId,
    numbers: &[E164],
) -> Result<Vec<Option<Reason>>, WorkError> {
    let holder = Holder { owner, job: Some(job.to_string()) };
    let all = numbers.iter().map(|number| holder.take(number, Expect::Absent)).collect();
    // Mostly nobody has any of them, and then nothing needs to be read.
    if applied(context, all).await? {
        return Ok(vec![None; numbers.len()]);
    }
    for _ in 0..TRIES {
        let standings = standings(context.store(), &holder, numbers).await?;
        let free = numbers.iter().zip(&standings).filter_map(|(number, standing)| match standing {
            Standing::Free(expect) => Some(holder.take(number, expect.clone())),
            Standing::Own(_) | Standing::Taken(_) => None,
        });
        if applied(context, free.collect()).await? {
            return Ok(standings.into_iter().map(Standing::refusal).collect());
        }
    }
    Err(WorkError::Failed("others go on taking the same numbers".into()))
}

/// Gives numbers back which the job took and did not add.
pub(super) async fn release(
    context: &Context,
    owner: Owner,
    job: &NumberJobId,
    numbers: &[E164],
) -> Result<(), WorkError> {
    let holder = Holder { owner, job: Some(job.to_string()) };
    for _ in 0..TRIES {
        let standings = standings(context.store(), &holder, numbers).await?;
        let own = numbers.iter().zip(standings).filter_map(|(number, standing)| match standing {
            Standing::Own(revision) => Some(Write::delete(entry(number), Expect::Revision(revision))),
            Standing::Free(_) | Standing::Taken(_) => None,
        });
        if applied(context, own.collect()).await? {
            return Ok(());
        }
    }
    Err(WorkError::Failed("others go on taking the same numbers".into()))
}

async fn applied(context: &Context, writes: Vec<Write>) -> Result<bool, WorkError> {
    match context.apply(Batch::of(writes)).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How a number stands to a job.
enum Standing {
    /// The job has taken it, and has not added it.
    Own(Revision),
    /// It can be taken, if its entry is still like that.
    Free(Expect),
    /// It cannot be had.
    Taken(Reason),
}

impl Standing {
    fn refusal(self) -> Option<Reason> {
        match self {
            Self::Own(_) | Self::Free(_) => None,
            Self::Taken(reason) => Some(reason),
        }
    }
}

async fn standings(store: &dyn Store, asking: &Holder, numbers: &[E164]) -> Result<Vec<Standing>, StoreError> {
    let mut standings = Vec::with_capacity(numbers.len());
    for some in numbers.chunks(AT_ONCE) {
        standings.extend(try_join_all(some.iter().map(|number| standing(store, asking, number))).await?);
    }
    Ok(standings)
}

async fn standing(store: &dyn Store, asking: &Holder, number: &E164) -> Result<Standing, StoreError> {
    let Some(found) = store.get(&entry(number)).await? else { return Ok(Standing::Free(Expect::Absent)) };
    let holder = Holder::of(&found);
    let Some(holder) = holder else { return Ok(Standing::Free(Expect::Revision(found.revision))) };
    let elsewhere = holder.owner != asking.owner;
    let taken = Standing::Taken(if elsewhere { Reason::AssignedElsewhere } else { Reason::NumberExists });
    // In this order: once the holder's job is over it writes no document any more, so that there is none if none is there then.
    let may_be_added = holder == *asking || !is_over(store, &holder, &found).await?;
    let is_added = store.get(&document(holder.owner, number)).await?.is_some();
    Ok(match (is_added, may_be_added) {
        (true, _) => taken,
        (false, true) if holder == *asking => Standing::Own(found.revision),
        (false, true) => taken,
        (false, false) => Standing::Free(Expect::Revision(found.revision)),
    })
}

/// Whether the job that took a number is over, or gone with its account; or, without a job, the time to write its document.
pub(super) async fn is_over(store: &dyn Store, holder: &Holder, entry: &Document) -> Result<bool, StoreError> {
    let Some(job) = &holder.job else { return Ok(is_settled(entry)) };
    let Ok(job) = job.parse::<NumberJobId>() else { return Ok(false) };
    let found = store.get(&key(holder.owner, &job)).await?;
    Ok(found.is_none_or(|found| status(&found).is_some_and(NumberJobStatus::is_final)))
}

fn status(job: &Document) -> Option<NumberJobStatus> {
    serde_json::from_value(job.body.get("pvt_status")?.clone()).ok()
}
