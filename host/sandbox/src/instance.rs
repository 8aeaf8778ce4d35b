//! One instance of a plugin and the metered invocation of its functions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Store;

use crate::deadline;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::installed::Module;
use crate::limits::Budget;
use crate::state::State;

/// What an invocation cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) elapsed: Duration,
    pub(crate) fuel: u64,
}

/// A store with one guest in it. After a fault it must be dropped: a trapped instance cannot be entered again.
pub(crate) struct Instance<'m> {
    pub(crate) store: Store<State>,
    module: &'m Module,
}

impl Module {
    /// A store under full limits.
    pub(crate) fn store(&self) -> Store<State> {
        let shared = &self.shared;
        let state = State::new(Arc::clone(&self.id), Arc::clone(&shared.limits), shared.client.clone());
        let mut store = Store::new(&shared.engine, state);
        store.limiter(|state| &mut state.growth);
        deadline::watch(&mut store);
        store.set_hostcall_fuel(shared.limits.host_call_bytes);
        store.set_max_component_handles(shared.limits.handles);
        store
    }

    /// Instantiates in a fresh store.
    pub(crate) fn instance<T>(
        &self,
        phase: Phase,
        budget: Budget,
        instantiate: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(Instance<'_>, T), PluginFault> {
        let mut instance = Instance { store: self.store(), module: self };
        let guest = instance.run(phase, budget, instantiate)?;
        Ok((instance, guest))
    }

    /// Runs a guest function under a budget and counts what it cost.
    pub(crate) fn metered<T>(
        &self,
        store: &mut Store<State>,
        phase: Phase,
        budget: Budget,
        run: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, Usage), PluginFault> {
        store.data_mut().refill();
        let armed = deadline::arm(store, budget);
        let started = Instant::now();
        let result = armed.and_then(|()| run(store));
        let left = store.get_fuel().unwrap_or(0);
        let usage = Usage { elapsed: started.elapsed(), fuel: budget.fuel.saturating_sub(left) };
        self.meter.count(phase, usage.elapsed, usage.fuel);
        match result {
            Ok(value) => Ok((value, usage)),
            Err(error) => Err(self.fault(phase, FaultKind::of_error(&error, store.data(), budget))),
        }
    }

    /// A fault of this plugin, counted.
    pub(crate) fn fault(&self, phase: Phase, kind: FaultKind) -> PluginFault {
        self.meter.fault(phase, &kind);
        PluginFault { plugin: self.id.to_string(), phase, kind }
    }
}

impl Instance<'_> {
    pub(crate) fn run<T>(
        &mut self,
        phase: Phase,
        budget: Budget,
        run: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, PluginFault> {
        self.module.metered(&mut self.store, phase, budget, run).map(|(value, _)| value)
    }
}
