//! What a run of a chain has chosen so far.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use strowger_model::chain::OnError;
use strowger_sandbox::{Adjustment, Selected};

use crate::pool::Pool;
use crate::resolved::{ResolvedRung, ResolvedStep};
use crate::trace::{Dropped, StepFailure, StepTrace, Tried};

/// What a run of the chain chose.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<u32>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) trace: Vec<StepTrace>,
    pub(crate) failure: Option<StepFailure>,
    /// Somewhere no instance was free.
    pub(crate) overloaded: bool,
}

impl Outcome {
    /// A step is answered.
    pub(super) fn adopt(
        &mut self,
        pool: &Pool,
        (step, rung): (&ResolvedStep, &ResolvedRung),
        tried: Vec<Tried>,
        selected: Selected,
        tracing: bool,
    ) {
        let dropped = if tracing { self.dropped(pool, &selected) } else { Vec::new() };
        self.trace.push(StepTrace {
            module: step.name.clone(),
            rung: rung.rung,
            plugin: Some(rung.plugin.clone()),
            tried,
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

    /// A step is not answered by any of its plugins; whether the chain ends here.
    pub(super) fn give_up(&mut self, index: usize, step: &ResolvedStep, tried: Vec<Tried>) -> bool {
        let failure = StepFailure::new(index, &step.name, tried.last());
        let rows_in = self.rows.len();
        if step.on_error != OnError::Skip {
            self.rows.clear();
        }
        if step.is_live {
            tracing::warn!(step = %step.name, on_error = step.on_error.as_str(), "{}", failure.message);
        }
        self.trace.push(StepTrace {
            module: step.name.clone(),
            rung: step.on_error.into(),
            plugin: None,
            tried,
            rows_in,
            rows_out: self.rows.len(),
            dropped: Vec::new(),
            micros: 0,
            elapsed: Duration::ZERO,
            fuel: 0,
            error: Some(failure.message.clone()),
        });
        let ends = step.on_error == OnError::Fail;
        if ends {
            self.failure = Some(failure);
        }
        ends
    }
}
