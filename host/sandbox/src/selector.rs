//! Selectors: a prepared step, asked about each call.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use crate::bindings::selector::exports::strowger::plugin::selector::{Adjustment, Call as RoutedCall, Carrier};

use crate::bindings::selector::SelectorPlugin;
use crate::bindings::selector::exports::strowger::plugin::describe;
use crate::bindings::selector::exports::strowger::plugin::selector::Selection;
use crate::decision::Decision;
use crate::engine::Sandbox;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::installed::{Body, Described, Module, ModuleKind};
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
}

impl Sandbox {
    /// Prepares a step of the selector `module` with its parameters (JSON) over a pool of carriers.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::BadParameter`] where it refuses its parameters.
    pub fn prepare_step(&self, module: &str, parameters: &str, pool: &[Carrier]) -> Result<PreparedStep, PluginFault> {
        let module = self.module_of(module, ModuleKind::Selector, Phase::Prepare)?;
        PreparedStep::new(module, parameters, pool)
    }
}

impl PreparedStep {
    fn new(module: Arc<Module>, parameters: &str, pool: &[Carrier]) -> Result<Self, PluginFault> {
        let Body::Selector(pre) = &module.body else {
            return Err(module.fault(Phase::Prepare, FaultKind::WrongKind("selector")));
        };
        let budget = module.shared.limits.prepare;
        let mut store = module.store();
        let (guest, _) = module.metered(&mut store, Phase::Instantiate, budget, |s| pre.instantiate(s))?;
        let (prepared, _) = module.metered(&mut store, Phase::Prepare, budget, |s| {
            guest.strowger_plugin_selector().step().call_prepare(s, parameters, pool)
        })?;
        let step = prepared.map_err(|error| module.fault(Phase::Prepare, error.into()))?;
        let pool_rows = u32::try_from(pool.len()).unwrap_or(u32::MAX);
        Ok(Self { module, store, guest, step, pool_rows })
    }

    /// Asks the step about a call. The decision is handed back whatever happens; after a fault the step must be dropped.
    pub fn select(
        &mut self,
        decision: Box<Decision>,
        call: &RoutedCall,
        rows: &[u32],
    ) -> (Option<Box<Decision>>, Result<Selected, PluginFault>) {
        self.store.data_mut().decision = Some(decision);
        let (guest, step) = (&self.guest, self.step);
        let budget = self.module.shared.limits.select;
        let outcome = self.module.metered(&mut self.store, Phase::Select, budget, |store| {
            guest.strowger_plugin_selector().step().call_select(store, step, call, rows)
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
        let mut seen = vec![false; usize::try_from(self.pool_rows).unwrap_or(0)];
        for row in &selection.rows {
            match usize::try_from(*row).ok().and_then(|index| seen.get_mut(index)) {
                None => return invalid(format!("row {row} of a pool of {}", self.pool_rows)),
                Some(true) => return invalid(format!("row {row} twice")),
                Some(slot) => *slot = true,
            }
        }
        let adjusted: usize = selection.adjustments.iter().map(|adjustment| adjustment.rows.len()).sum();
        if adjusted > seen.len() || selection.adjustments.len() > seen.len() {
            return invalid("more adjustments than carriers".into());
        }
        let longest = self.module.shared.limits.text_bytes;
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
