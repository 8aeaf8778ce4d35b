//! Versions that are asked beside the active ones, off the calls' path, and compared with them.
//!
//! One decision at a time, on a thread that serves no calls. Where there are more than that, the rest is dropped and counted: no call
//! waits.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use strowger_plugins::{Compared, Difference, Running};
use strowger_sandbox::{Decision, PluginFault, RequestFields, RoutedCall, RowSource, Usage};
use tokio::sync::mpsc;

use crate::chain::{Outcome, PreparedChain, Progress, Run};
use crate::compare::{self, Chosen};
use crate::pool::SharedPool;
use crate::resolved::ResolvedChain;
use crate::trace::StepTrace;

/// Decisions that wait to be compared.
const PLACES: usize = 64;
/// Carriers of a difference that are told.
const CARRIERS: usize = 16;

/// A chain with another version in the place of an active one.
pub(crate) struct Shadow {
    pub(crate) running: Arc<Running>,
    /// The active version, `NAME@VERSION`.
    pub(crate) active: Arc<str>,
    pub(crate) chain: Arc<ResolvedChain>,
    idle: Mutex<Option<PreparedChain>>,
}

/// A decision that was made, to be made once more.
pub(crate) struct Job {
    pub(crate) pool: SharedPool,
    pub(crate) request: Arc<RequestFields>,
    pub(crate) rows: Arc<dyn RowSource>,
    pub(crate) call: RoutedCall,
    pub(crate) call_id: Option<String>,
}

/// What came of the decision itself.
struct Live {
    chosen: Chosen,
    usage: Option<Usage>,
}

/// A decision that waits to be compared.
type Waiting = (Arc<Shadow>, Arc<Job>, Live);

/// The way to the one who compares; nobody does before there is something to compare.
#[derive(Default)]
pub(crate) struct Shadows(OnceLock<mpsc::Sender<Waiting>>);

impl Shadow {
    pub(crate) fn new(running: Arc<Running>, active: Arc<str>, chain: ResolvedChain) -> Self {
        Self { running, active, chain: Arc::new(chain), idle: Mutex::default() }
    }
}

impl Shadows {
    /// Has a decision compared, if there is room for it. Must be called within a tokio runtime.
    pub(crate) fn offer(&self, shadows: &[Arc<Shadow>], live: &Outcome, job: impl FnOnce() -> Job) {
        // Where something was refused for want of a budget, the difference would be no version's.
        let sampled: Vec<&Arc<Shadow>> =
            shadows.iter().filter(|shadow| !live.overloaded && shadow.running.samples()).collect();
        if sampled.is_empty() {
            return;
        }
        let job = Arc::new(job());
        let sender = self.0.get_or_init(|| {
            let (sender, receiver) = mpsc::channel(PLACES);
            tokio::spawn(compare_all(receiver));
            sender
        });
        for shadow in sampled {
            let Ok(place) = sender.try_reserve() else {
                shadow.running.dropped();
                continue;
            };
            let chosen = Chosen::of(&job.pool, &live.rows, &live.adjustments, live.failure.as_ref());
            let usage = used(&live.trace, &shadow.active);
            place.send((Arc::clone(shadow), Arc::clone(&job), Live { chosen, usage }));
        }
    }
}

async fn compare_all(mut receiver: mpsc::Receiver<Waiting>) {
    while let Some((shadow, job, live)) = receiver.recv().await {
        let compared = tokio::task::spawn_blocking(move || shadow.compare(&job, live));
        if let Err(error) = compared.await {
            tracing::error!(%error, "a shadow was not compared");
        }
    }
}

impl Shadow {
    fn compare(&self, job: &Job, live: Live) {
        let Live { chosen: before, usage: active } = live;
        let outcome = self.decide(job, false);
        let candidate = self.candidate_of(&outcome);
        if outcome.overloaded {
            // Counted as such, and not compared.
            if let Some(Err(fault)) = candidate {
                self.running.failed(&fault);
            }
            return;
        }
        // A call that the version was not asked about says nothing of it.
        let Some(candidate) = candidate else { return };
        let after = Chosen::of(&job.pool, &outcome.rows, &outcome.adjustments, outcome.failure.as_ref());
        let difference = (!before.is_like(&after)).then(|| self.difference(job, &before, &after));
        self.running.compared(Compared { candidate, active, difference });
    }

    fn decide(&self, job: &Job, tracing: bool) -> Outcome {
        let idle = self.idle.lock().take().filter(|chain| chain.is_over(&job.pool));
        let mut chain = idle.unwrap_or_else(|| PreparedChain::new(Arc::clone(&self.chain), Arc::clone(&job.pool)));
        let decision = Decision::new(Arc::clone(&job.request), Arc::clone(&job.rows), job.call.time, tracing);
        let mut run = Run::new(decision, &job.call, String::new());
        while chain.advance(&mut run) == Progress::Wants {
            chain.prepare_for(&mut run);
        }
        *self.idle.lock() = Some(chain);
        run.into_outcome()
    }

    /// What the version took, or how it failed; none where it was not asked.
    fn candidate_of(&self, outcome: &Outcome) -> Option<Result<Usage, PluginFault>> {
        let id = self.running.candidate.id();
        let tried = outcome.trace.iter().flat_map(|step| &step.tried).find(|tried| tried.plugin == id);
        if let Some(fault) = tried.and_then(|tried| tried.fault.clone()) {
            return Some(Err(fault));
        }
        used(&outcome.trace, id).map(Ok)
    }

    fn difference(&self, job: &Job, before: &Chosen, after: &Chosen) -> Difference {
        let lost = before.beyond(after);
        let mut reasons = Vec::new();
        if !lost.is_empty() {
            reasons = compare::dropped("after", &self.decide(job, true).trace, &lost);
        }
        let first = |ids: Vec<String>| ids.into_iter().take(CARRIERS).collect();
        Difference {
            time: job.call.time,
            call: job.call_id.clone(),
            number: job.call.number.clone(),
            before: first(before.ids()),
            after: first(after.ids()),
            reasons: compare::told(reasons, before, after),
        }
    }
}

/// What a version took in all the steps that it answered.
fn used(trace: &[StepTrace], plugin: &str) -> Option<Usage> {
    let own = trace.iter().filter(|step| step.plugin.as_deref() == Some(plugin));
    own.fold(None, |sum: Option<Usage>, step| {
        let before = sum.unwrap_or(Usage { elapsed: Duration::ZERO, fuel: 0 });
        Some(Usage { elapsed: before.elapsed + step.elapsed, fuel: before.fuel.saturating_add(step.fuel) })
    })
}
