//! Doing a bulk job, part by part.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::number_job::{NumberJobId, NumberJobStatus};
use strowger_model::{Owner, time};
use strowger_store::{Batch, Document, Expect, Key, Kind, Revision, StoreError, Write, numbers};

use super::claim;
use super::document::{NumberJob, Outcome, Part, Reason, Refusal, key, part_key};
use crate::{Context, Progress, Step, Work, WorkError};

pub(super) const NAME: &str = "number-job";

/// Parts of one step: what is saved of the driver says nothing that the documents do not say.
const PARTS: usize = 16;

/// How long documents are waited for that are stored after their driver was queued.
const PATIENCE: Duration = Duration::from_secs(600);

/// The first pause of that wait; doubled each time.
const PAUSE: Duration = Duration::from_millis(50);

/// What the driver of a bulk job is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Input {
    pub(super) number_job: NumberJobId,
}

/// Adds the numbers of bulk jobs.
///
/// The job's document says which part comes next. It is written in the same batch as the numbers of a part and what became of them, so
/// that whoever goes on does so behind the last part that was added, and nobody adds a part again.
pub struct AddNumbers;

#[async_trait]
impl Work for AddNumbers {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let input = Input::deserialize(&context.job().input);
        let id = input.map_err(|error| WorkError::Hopeless(error.to_string()))?.number_job;
        let owner = context.job().account.map_or(Owner::System, Owner::Account);
        let mut progress = context.job().progress;
        for _ in 0..PARTS {
            let Some(found) = context.store().get(&key(owner, &id)).await? else { return Ok(wait(context, cursor)) };
            let job: NumberJob = found.decode()?;
            progress = job.progress();
            if job.driver != context.job().id || job.status == NumberJobStatus::Complete || is_gone(context).await? {
                return Ok(Step::Done { progress });
            }
            let at_work = AtWork { context, owner, job, revision: found.revision };
            if at_work.job.status == NumberJobStatus::Cancelled {
                at_work.release().await?;
                return Ok(Step::Done { progress });
            }
            at_work.part().await?;
            // A part is a millisecond of computing: others on this thread get their turn.
            tokio::task::yield_now().await;
        }
        Ok(Step::More { cursor: Value::Null, progress })
    }
}

/// Whether the account was deleted: another job removes its documents, and these.
async fn is_gone(context: &Context) -> Result<bool, StoreError> {
    let Some(account) = context.job().account else { return Ok(false) };
    let found = context.store().get(&Key::new(Owner::System, Kind::Account, account.hex())).await?;
    Ok(found.is_none())
}

/// The documents come right after the driver, or never.
fn wait(context: &Context, cursor: Option<&Value>) -> Step {
    let progress = Progress::default();
    let waited = cursor.and_then(Value::as_u64).unwrap_or(0);
    let age = time::now() - context.job().created_at;
    if age > PATIENCE {
        return Step::Done { progress };
    }
    let doublings = u32::try_from(waited.min(8)).unwrap_or(8);
    Step::Later { cursor: json!(waited + 1), progress, pause: PAUSE.saturating_mul(1 << doublings) }
}

/// A bulk job as it was found.
struct AtWork<'a> {
    context: &'a Context,
    owner: Owner,
    job: NumberJob,
    revision: Revision,
}

impl AtWork<'_> {
    /// Adds the numbers of the next part. Where the job has changed meanwhile nothing happens.
    async fn part(self) -> Result<(), WorkError> {
        let (part, as_found) = self.next().await?;
        let candidates = part.candidates();
        let mut refusals = claim::claim(self.context, self.owner, &self.job.id, &candidates).await?;
        loop {
            let writes = self.added(part.clone(), &refusals, as_found.clone())?;
            match self.context.apply(Batch::of(writes)).await {
                Ok(_) => return Ok(()),
                // The owner has the document of a number whose entry was not there: each try finds one more of those at least.
                Err(StoreError::Conflict(found)) if found.kind == Kind::PhoneNumber => {
                    let known = candidates.iter().position(|number| number.as_str() == found.id);
                    let refusal = known.and_then(|place| refusals.get_mut(place));
                    *refusal.ok_or_else(|| StoreError::Fault("a conflict on what was not written".into()))? =
                        Some(Reason::NumberExists);
                }
                Err(StoreError::Conflict(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn next(&self) -> Result<(Part, Expect), WorkError> {
        let at = part_key(self.owner, &self.job.id, self.job.next);
        let found: Option<Document> = self.context.store().get(&at).await?;
        let found = found.ok_or_else(|| WorkError::Hopeless(format!("the part {} is gone", at.id)))?;
        Ok((found.decode()?, Expect::Revision(found.revision)))
    }

    /// The writes by which the part is added; `refusals` are those of its candidates, in their order.
    fn added(&self, mut part: Part, refusals: &[Option<Reason>], as_found: Expect) -> Result<Vec<Write>, StoreError> {
        let (now, mut job) = (time::gregorian_now(), self.job.clone());
        let mut writes = Vec::with_capacity(part.numbers.len() + 2);
        let mut refusals = refusals.iter();
        for read in part.read() {
            let outcome = read.map(|read| match read.map(|number| (refusals.next().copied().flatten(), number)) {
                Err(refusal) => Outcome::Refused(refusal),
                Ok((Some(reason), number)) => Outcome::Refused(Refusal::of(number.as_str(), reason)),
                Ok((None, number)) => Outcome::Added(number),
            });
            match &outcome {
                Some(Outcome::Added(number)) => {
                    job.successes = job.successes.saturating_add(1);
                    let body = job.number(number.clone(), now).to_body(self.owner);
                    writes.push(Write::put(numbers::document(self.owner, number), body, Expect::Absent));
                }
                Some(Outcome::Refused(_)) => job.errors = job.errors.saturating_add(1),
                None => {}
            }
            part.outcomes.push(outcome);
        }
        part.at = Some(now);
        writes.push(part.write(self.owner, &job.id, job.next, as_found)?);
        job.next = job.next.saturating_add(1);
        (job.status, job.modified) = (NumberJobStatus::Running, now);
        if job.next >= job.parts {
            job.end(NumberJobStatus::Complete, now);
        }
        writes.push(job.write(self.owner, Expect::Revision(self.revision.clone()))?);
        Ok(writes)
    }

    /// What was taken for the part that is not added any more.
    async fn release(self) -> Result<(), WorkError> {
        if self.job.next >= self.job.parts {
            return Ok(());
        }
        let (part, _) = self.next().await?;
        claim::release(self.context, self.owner, &self.job.id, &part.candidates()).await
    }
}
