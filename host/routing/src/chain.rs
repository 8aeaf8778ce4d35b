//! A chain prepared over a pool, and its run for one decision.

mod adjusted;
mod outcome;

use std::sync::Arc;

use strowger_sandbox::{Decision, FaultKind, PluginFault, PreparedStep, RoutedCall};

use crate::pool::SharedPool;
use crate::resolved::{ResolvedChain, ResolvedRung, ResolvedStep};
use crate::trace::Tried;

pub(crate) use adjusted::Adjusted;
pub(crate) use outcome::Outcome;

/// What a chain has of one of its plugins.
enum Place {
    /// Nothing yet, or nothing any more: an instance that failed is not asked again.
    Empty,
    Ready(Box<PreparedStep>),
    /// It cannot be prepared, and will not be the next time either, until its chain or its pool changes; trying at every call would let
    /// it burn its whole budget at every call.
    Broken(PluginFault),
}

/// A chain with instances for its steps: used by one decision at a time. Fallbacks have none until they are needed.
pub(crate) struct PreparedChain {
    chain: Arc<ResolvedChain>,
    pool: SharedPool,
    /// By step, by rung.
    places: Vec<Vec<Place>>,
}

/// A decision on its way through a chain.
pub(crate) struct Run {
    outcome: Outcome,
    decision: Option<Box<Decision>>,
    step: usize,
    rung: usize,
    /// The rung may be asked: told once, because a breaker lets one call try.
    admitted: bool,
    tried: Vec<Tried>,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Done,
    /// The plugin that is to answer next has to be prepared first.
    Wants,
}

impl Run {
    pub(crate) fn new(decision: Decision, call: &RoutedCall) -> Self {
        let decision = Some(Box::new(decision.about(call.clone())));
        Self { outcome: Outcome::default(), decision, step: 0, rung: 0, admitted: false, tried: Vec::new() }
    }

    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }

    fn next_step(&mut self) {
        (self.step, self.rung, self.admitted) = (self.step + 1, 0, false);
    }

    fn next_rung(&mut self, tried: Tried) {
        self.tried.push(tried);
        (self.rung, self.admitted) = (self.rung + 1, false);
    }

    /// None of the step's plugins answered.
    fn give_up(&mut self, step: &ResolvedStep) {
        step.unanswered.increment(1);
        let ends = self.outcome.give_up(self.step, step, std::mem::take(&mut self.tried));
        self.next_step();
        if ends {
            self.decision = None;
        }
    }
}

impl PreparedChain {
    /// A chain with nothing prepared.
    pub(crate) fn new(chain: Arc<ResolvedChain>, pool: SharedPool) -> Self {
        let places = chain.steps.iter().map(|step| step.rungs.iter().map(|_| Place::Empty).collect()).collect();
        Self { chain, pool, places }
    }

    /// Whether it is prepared over that pool.
    pub(crate) fn is_over(&self, pool: &SharedPool) -> bool {
        Arc::ptr_eq(&self.pool, pool)
    }

    /// Prepares what a healthy call needs: of each step the first plugin that is not left alone. Costs a full pass of the pool into each
    /// step's memory: milliseconds at a thousand carriers.
    pub(crate) fn prepare_first(&mut self) {
        for step in 0..self.places.len() {
            let Some(resolved) = self.chain.steps.get(step) else { return };
            let usable = |place: &usize| {
                resolved.rungs.get(*place).is_some_and(|rung| rung.module.is_ok() && !rung.breaker.is_open())
            };
            let rung = (0..resolved.rungs.len()).find(usable).unwrap_or(0);
            self.prepare(step, rung);
        }
    }

    /// Prepares what a run wants.
    pub(crate) fn prepare_for(&mut self, run: &mut Run) {
        if let Some(fault) = self.prepare(run.step, run.rung) {
            let rung = self.chain.steps.get(run.step).and_then(|step| step.rungs.get(run.rung));
            if let Some(rung) = rung {
                run.fails(rung, &fault);
            }
        }
    }

    /// Prepares one plugin. Answers a fault that another try may not have.
    fn prepare(&mut self, step: usize, rung: usize) -> Option<PluginFault> {
        let resolved = self.chain.steps.get(step)?.rungs.get(rung)?;
        let place = self.places.get_mut(step)?.get_mut(rung)?;
        let module = resolved.module.as_ref().map_err(PluginFault::clone);
        let prepared =
            module.and_then(|module| module.prepare_step(self.chain.owner, &resolved.parameters, &self.pool.rows));
        match prepared {
            Ok(prepared) => *place = Place::Ready(Box::new(prepared)),
            Err(fault) if matches!(fault.kind, FaultKind::Overloaded(_)) => return Some(fault),
            Err(fault) => {
                tracing::debug!(%fault, "step cannot be prepared");
                resolved.has_failed(&fault);
                *place = Place::Broken(fault);
            }
        }
        None
    }

    /// Runs the chain as far as it is prepared.
    pub(crate) fn advance(&mut self, run: &mut Run) -> Progress {
        while let Some(step) = self.chain.steps.get(run.step) {
            if run.decision.is_none() {
                break;
            }
            let Some(rung) = step.rungs.get(run.rung) else {
                run.give_up(step);
                continue;
            };
            if !run.admitted && !ResolvedChain::is_last_resort(step, run.rung) && !rung.breaker.admits() {
                run.next_rung(Tried::left_alone(rung.rung, &rung.plugin));
                continue;
            }
            run.admitted = true;
            let place = self.places.get_mut(run.step).and_then(|places| places.get_mut(run.rung));
            match place {
                Some(Place::Broken(fault)) => run.next_rung(Tried::failed(rung.rung, fault)),
                Some(Place::Ready(prepared)) => match run.ask(prepared, &self.pool, step, rung) {
                    Some(fault) if lost_its_instance(&fault) => *place.unwrap_or(&mut Place::Empty) = Place::Empty,
                    _ => {}
                },
                Some(Place::Empty) | None => return Progress::Wants,
            }
        }
        Progress::Done
    }
}

impl Run {
    /// Has a plugin answer the step; its fault, where it does not.
    fn ask(
        &mut self,
        prepared: &mut PreparedStep,
        pool: &SharedPool,
        step: &ResolvedStep,
        rung: &ResolvedRung,
    ) -> Option<FaultKind> {
        let decision = self.decision.take()?;
        let tracing = decision.tracing;
        let (handed_back, selected) = prepared.select(decision, &self.outcome.rows);
        self.decision = handed_back;
        match selected {
            Ok(selected) => {
                rung.breaker.succeeded();
                rung.answered.increment(1);
                let tried = std::mem::take(&mut self.tried);
                self.outcome.adopt(pool, (step, rung), tried, selected, tracing);
                self.next_step();
                None
            }
            Err(fault) => {
                rung.has_failed(&fault);
                self.fails(rung, &fault);
                Some(fault.kind)
            }
        }
    }

    fn fails(&mut self, rung: &ResolvedRung, fault: &PluginFault) {
        self.outcome.overloaded |= matches!(fault.kind, FaultKind::Overloaded(_));
        self.next_rung(Tried::failed(rung.rung, fault));
    }
}

impl ResolvedRung {
    /// Counts a fault.
    fn has_failed(&self, fault: &PluginFault) {
        if self.breaker.failed(&fault.kind) {
            tracing::warn!(plugin = %self.plugin, %fault, "failed too often of late: left alone for a while");
        }
    }
}

/// A plugin that refuses keeps its instance; anything else has torn it down.
fn lost_its_instance(kind: &FaultKind) -> bool {
    !matches!(kind, FaultKind::Refused(_) | FaultKind::InvalidResult(_) | FaultKind::BadParameter { .. })
}
