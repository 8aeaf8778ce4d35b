//! Doing one job, step by step.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use strowger_store::StoreError;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::JobRunner;
use crate::claim::{Claim, Lost};
use crate::{Job, State, Step, Work, WorkError};

/// Characters of an error that are kept.
const ERROR: usize = 500;

impl JobRunner {
    pub(super) async fn work(&self, mut claim: Claim) {
        let id = claim.context.job.id;
        match self.steps(&mut claim).await {
            Ok(()) => claim.release().await,
            Err(Lost) => tracing::info!(job = %id, "the job is another worker's, or was called off"),
        }
    }

    async fn steps(&self, claim: &mut Claim) -> Result<(), Lost> {
        let Some(work) = self.works.get(claim.context.job.work.as_str()) else { return Ok(()) };
        // A step that brings its workers down is not tried for ever either.
        if claim.context.job.attempts > self.config.attempts {
            self.failed(&mut claim.context.job, &WorkError::Hopeless("its workers were lost again and again".into()));
            return claim.save().await;
        }
        while claim.context.job.state == State::Running {
            let outcome = tokio::select! {
                biased;
                lost = claim.lost() => return Err(lost),
                outcome = timeout(self.config.longest_step, attempt(&**work, claim)) => outcome.unwrap_or_else(|_| Err(stuck())),
            };
            let job = &mut claim.context.job;
            match outcome {
                Ok(step) => advance(job, step),
                Err(WorkError::Store(StoreError::Fenced(_))) => return Err(Lost),
                Err(error) => self.failed(job, &error),
            }
            if self.stop.is_cancelled() && job.state == State::Running {
                job.state = State::Queued;
            }
            claim.save().await?;
        }
        Ok(())
    }

    /// A failure of the store is not the job's, and does not count.
    fn failed(&self, job: &mut Job, error: &WorkError) {
        tracing::warn!(job = %job.id, work = job.work, attempts = job.attempts, %error, "a step failed");
        job.error = Some(error.to_string().chars().take(ERROR).collect());
        let hopeless = matches!(error, WorkError::Hopeless(_));
        let own_fault = !matches!(error, WorkError::Store(_));
        if hopeless || (own_fault && job.attempts >= self.config.attempts) {
            tracing::error!(job = %job.id, work = job.work, %error, "the job is given up");
            return job.end(State::Failed);
        }
        let doublings = job.attempts.saturating_sub(1).min(20);
        let pause = self.config.back_off.saturating_mul(1 << doublings).min(self.config.longest_back_off);
        postpone(job, pause);
    }
}

/// A step that panics has failed; the process goes on.
async fn attempt(work: &dyn Work, claim: &Claim) -> Result<Step, WorkError> {
    let cursor = claim.context.job.cursor.as_ref();
    let step = AssertUnwindSafe(work.step(&claim.context, cursor)).catch_unwind();
    step.await.unwrap_or_else(|_| Err(WorkError::Failed("the step panicked".into())))
}

fn stuck() -> WorkError {
    WorkError::Failed("the step did not end in time".into())
}

fn advance(job: &mut Job, step: Step) {
    (job.attempts, job.error) = (0, None);
    match step {
        Step::More { cursor, progress } => (job.cursor, job.progress) = (Some(cursor), progress),
        Step::Later { cursor, progress, pause } => {
            (job.cursor, job.progress) = (Some(cursor), progress);
            postpone(job, pause);
        }
        Step::Done { progress } => {
            (job.cursor, job.progress) = (None, progress);
            job.end(State::Done);
        }
    }
}

fn postpone(job: &mut Job, pause: Duration) {
    let moment = (OffsetDateTime::now_utc() + pause).unix_timestamp_nanos() / 1_000_000;
    job.not_before = i64::try_from(moment).ok();
    job.state = State::Queued;
}
