//! The store of one instance of a plugin, and the metered invocation of its functions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use strowger_model::Owner;
use wasmtime::Store;

use crate::budget::Seat;
use crate::deadline;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::lane::{QUICK, Took};
use crate::limits::Budget;
use crate::module::Module;
use crate::state::State;

/// What an invocation cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// From beginning to end.
    pub elapsed: Duration,
    /// Units of fuel.
    pub fuel: u64,
}

impl Module {
    /// A store under full limits, for an instance that works for `owner`. After a fault it must be dropped: a trapped instance cannot be
    /// entered again. Refused where the node, the plugin or the account has as many as may be.
    pub(crate) fn store(&self, owner: Owner, phase: Phase) -> Result<Store<State>, PluginFault> {
        let account = self.shared.accounts.get(owner);
        let seat = Seat::take(account, Arc::clone(&self.meter.tally), self.limits.instances);
        let seat = seat.map_err(|scarce| self.fault(phase, FaultKind::Overloaded(scarce)))?;
        let seat = seat.sharing(self.shared.tallies.share(owner, &self.plugin));
        let mut store = Store::new(&self.shared.engine, State::new(self, owner));
        store.data_mut().growth.charge(seat);
        store.limiter(|state| &mut state.growth);
        deadline::watch(&mut store);
        store.set_hostcall_fuel(self.limits.host_call_bytes);
        store.set_max_component_handles(self.limits.handles);
        Ok(store)
    }

    /// Runs a guest function under a budget and counts what it cost.
    pub(crate) fn metered<T>(
        &self,
        store: &mut Store<State>,
        phase: Phase,
        budget: Budget,
        run: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, Usage), PluginFault> {
        self.admit(store, phase)?;
        let account = store.data().growth.seat().filter(|_| self.may_be_slow(store, phase)).map(Seat::account);
        let Some(account) = account else { return self.invoked(store, phase, budget, run) };
        let invoked = Seat::beside(&account, self.is_tenants(), || self.invoked(store, phase, budget, run));
        invoked.unwrap_or_else(|scarce| Err(self.fault(phase, FaultKind::Overloaded(scarce))))
    }

    /// What an instance takes is known from its last answer. Of what the host brings along, the first one is trusted as well, and so is
    /// what is done once for many calls, and what may have waited for a processor for longer than it ran.
    fn may_be_slow(&self, store: &Store<State>, phase: Phase) -> bool {
        match phase {
            Phase::Select | Phase::Apply => store.data().took.map_or(self.is_tenants(), |took| match took {
                Took::Wall(time) => self.is_tenants() && time > QUICK,
                Took::Processor(time) => time > QUICK,
            }),
            _ => self.is_tenants(),
        }
    }

    /// Whether it is not what the host brings along.
    pub(crate) fn is_tenants(&self) -> bool {
        self.plugin.owner != Owner::System
    }

    fn invoked<T>(
        &self,
        store: &mut Store<State>,
        phase: Phase,
        budget: Budget,
        run: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, Usage), PluginFault> {
        store.data_mut().refill();
        let armed = deadline::arm(store, budget);
        let stopwatch = Took::start(store.data().took);
        let started = Instant::now();
        let result = armed.and_then(|()| run(store));
        store.data().settle();
        let left = store.get_fuel().unwrap_or(0);
        let usage = Usage { elapsed: started.elapsed(), fuel: budget.fuel.saturating_sub(left) };
        let took = Took::stop(stopwatch, usage.elapsed);
        store.data_mut().took = Some(took).filter(|_| matches!(phase, Phase::Select | Phase::Apply));
        self.charge(store, phase, usage);
        match result {
            Ok(value) => Ok((value, usage)),
            Err(error) => {
                let kind = FaultKind::of_error(&error, store.data(), budget);
                if let Some(seat) = store.data().growth.seat() {
                    seat.failed(phase, &kind);
                }
                Err(self.fault(phase, kind))
            }
        }
    }

    /// Whether the account has fuel for another invocation.
    pub(crate) fn admit(&self, store: &Store<State>, phase: Phase) -> Result<(), PluginFault> {
        let admitted = store.data().growth.seat().map_or(Ok(()), Seat::admit);
        admitted.map_err(|scarce| self.fault(phase, FaultKind::Overloaded(scarce)))
    }

    /// Counts what an invocation cost.
    pub(crate) fn charge(&self, store: &Store<State>, phase: Phase, usage: Usage) {
        self.meter.count(phase, usage.elapsed, usage.fuel);
        if let Some(seat) = store.data().growth.seat() {
            seat.invoked(phase, usage.elapsed, usage.fuel);
        }
    }

    /// A fault of this plugin, counted.
    pub(crate) fn fault(&self, phase: Phase, kind: FaultKind) -> PluginFault {
        self.meter.fault(phase, &kind);
        PluginFault { plugin: self.id().to_owned(), phase, kind }
    }
}
