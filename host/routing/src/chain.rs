//! A chain prepared over a pool, and its run for one decision.

mod adjusted;
mod outcome;

use std::sync::Arc;

use strowger_model::Owner;
use strowger_sandbox::{Decision, FaultKind, PluginFault, PreparedStep, RoutedCall, Usage};

use crate::pool::SharedPool;
use crate::resolved::{ResolvedChain, ResolvedRung, ResolvedStep, Role};
use crate::rung::Rung;
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
    /// Whom canaries are chosen by; empty where the chain has none.
    caller: String,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Done,
    /// The plugin that is to answer next has to be prepared first.
    Wants,
}

impl Run {
    pub(crate) fn new(decision: Decision, call: &RoutedCall, caller: String) -> Self {
        let decision = Some(Box::new(decision.about(call.clone())));
        Self { outcome: Outcome::default(), decision, step: 0, rung: 0, admitted: false, tried: Vec::new(), caller }
    }

    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }

    fn next_step(&mut self) {
        (self.step, self.rung, self.admitted) = (self.step + 1, 0, false);
    }

    fn next_rung(&mut self, tried: Tried) {
        self.tried.push(tried);
        self.pass_over();
    }

    /// The rung is not for this call.
    fn pass_over(&mut self) {
        (self.rung, self.admitted) = (self.rung + 1, false);
    }

    fn is_passed_over(&self, rung: &ResolvedRung, account: Owner) -> bool {
        matches!(&rung.role, Role::Canary(running) if !running.chooses(account, &self.caller))
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

    /// Whom canaries are chosen by: the caller id, else the call, else the number. Nobody where there is none.
    pub(crate) fn caller(&self, call: &RoutedCall, call_id: Option<&str>) -> String {
        if !self.chain.has_canary() {
            return String::new();
        }
        // Words such as `anonymous` are no caller's.
        let number = call.cid_number.as_deref().filter(|number| number.contains(|c: char| c.is_ascii_digit()));
        number.or(call_id).unwrap_or(&call.number).to_owned()
    }

    /// Prepares what a healthy call needs: of each step the first plugin that is not left alone. Costs a full pass of the pool into each
    /// step's memory: milliseconds at a thousand carriers. Canaries are left to the calls that they are for.
    pub(crate) fn prepare_first(&mut self) {
        for step in 0..self.places.len() {
            let Some(resolved) = self.chain.steps.get(step) else { return };
            let usable = |place: &usize| {
                let rung = resolved.rungs.get(*place).filter(|rung| rung.rung != Rung::Canary);
                rung.is_some_and(|rung| rung.module.is_ok() && !rung.breaker.is_open())
            };
            if let Some(rung) = (0..resolved.rungs.len()).find(usable) {
                self.prepare(step, rung);
            }
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
            if !run.admitted {
                if run.is_passed_over(rung, self.chain.owner) {
                    run.pass_over();
                    continue;
                }
                if !ResolvedChain::is_last_resort(step, run.rung) && !rung.admits() {
                    run.next_rung(Tried::left_alone(rung.rung, &rung.plugin));
                    continue;
                }
            }
            run.admitted = true;
            let place = self.places.get_mut(run.step).and_then(|places| places.get_mut(run.rung));
            match place {
                Some(Place::Broken(fault)) => run.fails(rung, fault),
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
                rung.has_answered(Usage { elapsed: selected.elapsed, fuel: selected.fuel });
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
        rung.role.failed(fault);
        self.next_rung(Tried::failed(rung.rung, fault));
    }
}

impl ResolvedRung {
    /// Whether it is not left alone. What is tried is asked until it is given up for good.
    fn admits(&self) -> bool {
        self.role.is_tried() || self.breaker.admits()
    }

    fn has_answered(&self, usage: Usage) {
        self.breaker.succeeded();
        self.answered.increment(1);
        self.role.answered(usage);
    }

    /// Counts a fault.
    fn has_failed(&self, fault: &PluginFault) {
        if !self.role.is_tried() && self.breaker.failed(&fault.kind) {
            tracing::warn!(plugin = %self.plugin, %fault, "failed too often of late: left alone for a while");
        }
    }
}

/// A plugin that refuses keeps its instance; anything else has torn it down.
fn lost_its_instance(kind: &FaultKind) -> bool {
    !matches!(kind, FaultKind::Refused(_) | FaultKind::InvalidResult(_) | FaultKind::BadParameter { .. })
}
