//! A chain prepared over a pool, and its run for one decision.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use strowger_model::Owner;
use strowger_model::chain::{OnError, Step};
use strowger_sandbox::{
    Adjustment, Decision, FaultKind, Module, Phase, PluginFault, PreparedStep, RoutedCall, Selected,
};

use crate::pool::{Pool, SharedPool};
use crate::resolved::{ResolvedChain, ResolvedStep};
use crate::trace::{Dropped, StepFailure, StepTrace};

/// A step as the chain has it, and its instance. A step that cannot be prepared fails at every call, as its `on_error` says.
struct ChainStep {
    step: Step,
    name: String,
    prepared: Result<PreparedStep, PluginFault>,
}

/// A chain with an instance for each step: used by one decision at a time.
pub(crate) struct PreparedChain {
    steps: Vec<ChainStep>,
    pool: SharedPool,
}

/// The changes that the steps made to one carrier, the later over the earlier.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Adjusted<'a> {
    pub(crate) dialled: Option<&'a str>,
    pub(crate) prefix: Option<&'a str>,
    pub(crate) suffix: Option<&'a str>,
    pub(crate) emergency: Option<bool>,
    pub(crate) weight: Option<u32>,
    pub(crate) variant: Option<&'a str>,
}

/// What a run of the chain chose.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<u32>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) trace: Vec<StepTrace>,
    pub(crate) failure: Option<StepFailure>,
    /// A step has lost its instance: the chain must be prepared again.
    pub(crate) spent: bool,
}

impl PreparedChain {
    /// Prepares every step. Costs a full pass of the pool into each step's memory: milliseconds at a thousand carriers.
    pub(crate) fn new(chain: &ResolvedChain, pool: &SharedPool) -> Self {
        let steps = chain.steps.iter().map(|step| ChainStep::new(chain.owner, step, pool)).collect();
        Self { steps, pool: Arc::clone(pool) }
    }

    /// Runs the chain for one call.
    pub(crate) fn run(&mut self, decision: Decision, call: &RoutedCall) -> Outcome {
        let mut outcome = Outcome::default();
        let mut decision = Some(Box::new(decision.about(call.clone())));
        for (index, step) in self.steps.iter_mut().enumerate() {
            let Some(carried) = decision.take() else { break };
            let tracing = carried.tracing;
            let (handed_back, selected) = step.select(carried, &outcome.rows);
            decision = handed_back;
            match selected {
                Ok(selected) => outcome.adopt(&step.name, &self.pool, selected, tracing),
                Err(fault) => {
                    let failed = StepFailure::new(index, &step.name, &fault);
                    outcome.spent |= wants_another(&fault);
                    if outcome.fail(step, failed) {
                        break;
                    }
                }
            }
        }
        outcome
    }
}

/// Whether the chain is worth preparing again. A step that cannot be prepared will not be prepared the next time either, until its
/// chain or its pool changes; trying at every call would let it burn its whole budget at every call.
fn wants_another(fault: &PluginFault) -> bool {
    match fault.phase {
        Phase::Select => lost_its_instance(&fault.kind),
        _ => fault.kind == FaultKind::Overloaded,
    }
}

/// A plugin that refuses keeps its instance; anything else has torn it down.
fn lost_its_instance(kind: &FaultKind) -> bool {
    !matches!(kind, FaultKind::Refused(_) | FaultKind::InvalidResult(_) | FaultKind::BadParameter { .. })
}

impl ChainStep {
    fn new(owner: Owner, resolved: &ResolvedStep, pool: &Pool) -> Self {
        let ResolvedStep { step, module } = resolved;
        let name = step.to_string();
        let prepare = |module: &Arc<Module>| module.prepare_step(owner, &step.parameters.to_string(), &pool.rows);
        let prepared = module.as_ref().map_err(PluginFault::clone).and_then(prepare);
        if let Err(fault) = &prepared {
            tracing::debug!(step = %name, %fault, "step cannot be prepared");
        }
        Self { step: step.clone(), name, prepared }
    }

    fn select(
        &mut self,
        decision: Box<Decision>,
        rows: &[u32],
    ) -> (Option<Box<Decision>>, Result<Selected, PluginFault>) {
        match &mut self.prepared {
            Ok(prepared) => {
                let (decision, selected) = prepared.select(decision, rows);
                if let Err(fault) = &selected
                    && lost_its_instance(&fault.kind)
                {
                    self.prepared = Err(fault.clone());
                }
                (decision, selected)
            }
            Err(fault) => (Some(decision), Err(fault.clone())),
        }
    }
}

impl Outcome {
    fn adopt(&mut self, name: &str, pool: &Pool, selected: Selected, tracing: bool) {
        let dropped = if tracing { self.dropped(pool, &selected) } else { Vec::new() };
        self.trace.push(StepTrace {
            module: name.to_owned(),
            rows_in: self.rows.len(),
            rows_out: selected.rows.len(),
            dropped,
            micros: u64::try_from(selected.elapsed.as_micros()).unwrap_or(u64::MAX),
            elapsed: selected.elapsed,
            fuel: selected.fuel,
            error: None,
        });
        self.rows = selected.rows;
        self.adjustments.extend(selected.adjustments);
    }

    fn dropped(&self, pool: &Pool, selected: &Selected) -> Vec<Dropped> {
        let kept: HashSet<u32> = selected.rows.iter().copied().collect();
        let reasons: HashMap<u32, &str> = selected.reasons.iter().map(|(row, text)| (*row, text.as_str())).collect();
        let gone = self.rows.iter().filter(|row| !kept.contains(row));
        gone.map(|row| Dropped {
            id: pool.id(*row).to_owned(),
            reason: reasons.get(row).copied().unwrap_or("dropped without a reason").to_owned(),
        })
        .collect()
    }

    /// Records a failed step; whether the chain ends here.
    fn fail(&mut self, step: &ChainStep, failure: StepFailure) -> bool {
        let rows_in = self.rows.len();
        if step.step.on_error != OnError::Skip {
            self.rows.clear();
        }
        self.trace.push(StepTrace {
            module: step.name.clone(),
            rows_in,
            rows_out: self.rows.len(),
            dropped: Vec::new(),
            micros: 0,
            elapsed: Duration::ZERO,
            fuel: 0,
            error: Some(failure.message.clone()),
        });
        tracing::warn!(step = %step.name, on_error = step.step.on_error.as_str(), "{}", failure.message);
        let ends = step.step.on_error == OnError::Fail;
        if ends {
            self.failure = Some(failure);
        }
        ends
    }
}

impl<'a> Adjusted<'a> {
    /// The carrier's id, with the face that was chosen.
    pub(crate) fn id_of(&self, id: &str) -> String {
        self.variant.map_or_else(|| id.to_owned(), |variant| format!("{id}-{variant}"))
    }

    /// What all the adjustments together make of one row. Looked up for the few rows that are dialled, not kept for every row.
    pub(crate) fn of(row: u32, adjustments: &'a [Adjustment]) -> Self {
        let own = adjustments.iter().filter(|adjustment| adjustment.rows.contains(&row));
        own.fold(Self::default(), |earlier, later| Self {
            dialled: later.dialled.as_deref().or(earlier.dialled),
            prefix: later.prefix.as_deref().or(earlier.prefix),
            suffix: later.suffix.as_deref().or(earlier.suffix),
            emergency: later.emergency.or(earlier.emergency),
            weight: later.weight.or(earlier.weight),
            variant: later.variant.as_deref().or(earlier.variant),
        })
    }
}
