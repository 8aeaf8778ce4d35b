//! Selectors: a prepared step, asked about each call.

use std::sync::Arc;
use std::time::Duration;

use strowger_model::Owner;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use crate::bindings::selector::exports::strowger::plugin::selector::{Adjustment, Carrier};

use crate::bindings::selector::SelectorPlugin;
use crate::bindings::selector::exports::strowger::plugin::describe;
use crate::bindings::selector::exports::strowger::plugin::selector::Selection;
use crate::decision::Decision;
use crate::engine::Sandbox;
use crate::examine::Described;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::instance::Usage;
use crate::kind::ModuleKind;
use crate::module::{Body, Module};
use crate::state::State;

/// What one step answered.
#[derive(Debug, Clone)]
pub struct Selected {
    /// Pool rows, in the order in which they shall be tried.
    pub rows: Vec<u32>,
    /// Changes to single carriers.
    pub adjustments: Vec<Adjustment>,
    /// Reasons the step gave, by pool row; empty where nobody traces.
    pub reasons: Vec<(u32, String)>,
    /// Wall-clock time it took.
    pub elapsed: Duration,
    /// Fuel it used.
    pub fuel: u64,
}

/// A step with its parameters and its pool, in an instance of its own.
pub struct PreparedStep {
    module: Arc<Module>,
    store: Store<State>,
    guest: SelectorPlugin,
    step: ResourceAny,
    pool_rows: u32,
    prepared: Usage,
}

impl Sandbox {
    /// Prepares a step of the selector `module` with its parameters (JSON) over a pool of carriers.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::BadParameter`] where it refuses its parameters.
    pub fn prepare_step(&self, module: &str, parameters: &str, pool: &[Carrier]) -> Result<PreparedStep, PluginFault> {
        let module = self.module_of(module, ModuleKind::Selector, Phase::Prepare)?;
        module.prepare_step(Owner::System, parameters, pool)
    }
}

impl Module {
    /// Prepares a step for the calls of `owner`, with its parameters (JSON), over a pool of carriers.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::BadParameter`] where it refuses its parameters.
    pub fn prepare_step(
        self: &Arc<Self>,
        owner: Owner,
        parameters: &str,
        pool: &[Carrier],
    ) -> Result<PreparedStep, PluginFault> {
        let module = Arc::clone(self);
        let Body::Selector(pre) = &self.body else {
            return Err(module.fault(Phase::Prepare, FaultKind::WrongKind("selector")));
        };
        let budget = self.limits.prepare;
        let mut store = module.store(owner, Phase::Prepare)?;
        let (guest, _) = module.metered(&mut store, Phase::Instantiate, budget, |s| pre.instantiate(s))?;
        let (prepared, usage) = module.metered(&mut store, Phase::Prepare, budget, |s| {
            guest.strowger_plugin_selector().step().call_prepare(s, parameters, pool)
        })?;
        let step = prepared.map_err(|error| module.fault(Phase::Prepare, error.into()))?;
        let pool_rows = u32::try_from(pool.len()).unwrap_or(u32::MAX);
        Ok(PreparedStep { module, store, guest, step, pool_rows, prepared: usage })
    }
}

impl PreparedStep {
    /// The plugin that the step is of.
    #[must_use]
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// What preparing it cost.
    #[must_use]
    pub fn prepared(&self) -> Usage {
        self.prepared
    }

    /// Asks the step about the call of a decision. The decision is handed back whatever happens; after a fault the step must be dropped.
    pub fn select(
        &mut self,
        decision: Box<Decision>,
        rows: &[u32],
    ) -> (Option<Box<Decision>>, Result<Selected, PluginFault>) {
        self.store.data_mut().decision = Some(decision);
        let (guest, step) = (&self.guest, self.step);
        let budget = self.module.limits.select;
        let outcome = self.module.metered(&mut self.store, Phase::Select, budget, |store| {
            guest.strowger_plugin_selector().step().call_select(store, step, rows)
        });
        let mut decision = self.store.data_mut().decision.take();
        let reasons = decision.as_mut().map(|d| std::mem::take(&mut d.reasons)).unwrap_or_default();
        let selected = outcome.and_then(|(answer, usage)| {
            let kept = answer.map_err(FaultKind::from).and_then(|selection| self.checked(selection));
            let (rows, adjustments) = kept.map_err(|kind| self.module.fault(Phase::Select, kind))?;
            Ok(Selected { rows, adjustments, reasons, elapsed: usage.elapsed, fuel: usage.fuel })
        });
        (decision, selected)
    }

    /// A selection must name rows of the pool, each at most once, and keep its texts short.
    fn checked(&self, selection: Selection) -> Result<(Vec<u32>, Vec<Adjustment>), FaultKind> {
        let invalid = |text: String| Err(FaultKind::InvalidResult(text));
        distinct_rows(&selection.rows, self.pool_rows).map_err(FaultKind::InvalidResult)?;
        let pool = usize::try_from(self.pool_rows).unwrap_or(0);
        let adjusted: usize = selection.adjustments.iter().map(|adjustment| adjustment.rows.len()).sum();
        if adjusted > pool || selection.adjustments.len() > pool {
            return invalid("more adjustments than carriers".into());
        }
        let longest = self.module.limits.text_bytes;
        for adjustment in &selection.adjustments {
            if let Some(row) = adjustment.rows.iter().find(|row| **row >= self.pool_rows) {
                return invalid(format!("an adjustment of row {row} of a pool of {}", self.pool_rows));
            }
            let texts = [&adjustment.dialled, &adjustment.prefix, &adjustment.suffix, &adjustment.variant];
            if texts.into_iter().flatten().any(|text| text.len() > longest || text.chars().any(char::is_control)) {
                return invalid("a text of an adjustment is too long or has control characters".into());
            }
        }
        Ok((selection.rows, selection.adjustments))
    }
}

/// Whether the rows are rows of the pool, each at most once. Most steps keep the order of the pool, which shows it at a glance.
fn distinct_rows(rows: &[u32], pool_rows: u32) -> Result<(), String> {
    let is_ascending = rows.array_windows().all(|[a, b]| a < b);
    if is_ascending && rows.last().is_none_or(|last| *last < pool_rows) {
        return Ok(());
    }
    let mut seen = vec![0_u64; usize::try_from(pool_rows.div_ceil(u64::BITS)).unwrap_or(0)];
    for row in rows {
        let word = usize::try_from(row / u64::BITS).ok().and_then(|word| seen.get_mut(word));
        let Some(word) = word.filter(|_| *row < pool_rows) else {
            return Err(format!("row {row} of a pool of {pool_rows}"));
        };
        let bit = 1 << (row % u64::BITS);
        if *word & bit != 0 {
            return Err(format!("row {row} twice"));
        }
        *word |= bit;
    }
    Ok(())
}

impl SelectorPlugin {
    pub(crate) fn describe_self(&self, store: &mut Store<State>) -> wasmtime::Result<Described> {
        let description = self.strowger_plugin_describe().call_describe(store)?;
        Ok(Described {
            kind: match description.kind {
                describe::Kind::Selector => Some(ModuleKind::Selector),
                _ => None,
            },
            summary: description.summary,
            capabilities: description.capabilities,
            parameters: description.parameters,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_of_the_pool_and_distinct_in_whatever_order() {
        for rows in [&[][..], &[0], &[0, 1, 64], &[64, 0, 1]] {
            assert_eq!(distinct_rows(rows, 65), Ok(()), "{rows:?}");
        }
        for rows in [&[65][..], &[0, 65], &[1, 0, 65]] {
            assert_eq!(distinct_rows(rows, 65), Err("row 65 of a pool of 65".into()), "{rows:?}");
        }
        for rows in [&[3, 3][..], &[64, 3, 0, 3]] {
            assert_eq!(distinct_rows(rows, 65), Err("row 3 twice".into()), "{rows:?}");
        }
        assert!(distinct_rows(&[0], 0).is_err());
    }
}
