//! A fresh instance per event: nothing of one call can leak into another.

use std::time::Instant;

use strowger_model::Owner;
use wasmtime::{Store, UpdateDeadline};

use crate::examine::TrialCost;
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::instance::Usage;
use crate::limits::Budget;
use crate::module::Module;
use crate::state::State;

impl Module {
    /// Instantiates, calls, drops; bounded by fuel, by processor time and by the wall clock.
    pub(crate) async fn fresh<G, T>(
        &self,
        owner: Owner,
        phase: Phase,
        budget: Budget,
        instantiate: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<G>,
        call: impl AsyncFnOnce(&G, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, TrialCost), PluginFault> {
        let mut store = self.store(owner, phase)?;
        self.admit(&store, phase)?;
        let started = Instant::now();
        let armed = arm(&mut store, budget);
        let run = async {
            armed?;
            let guest = instantiate(&mut store).await?;
            let instantiated = started.elapsed();
            call(&guest, &mut store).await.map(|value| (value, instantiated))
        };
        let wait = self.limits.hook_wait;
        let outcome = tokio::time::timeout(wait, run).await;
        store.data().settle();
        let used = budget.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
        self.charge(&store, phase, Usage { elapsed: started.elapsed(), fuel: used });
        match outcome {
            Ok(Ok((value, instantiate))) => {
                let describe = started.elapsed().saturating_sub(instantiate);
                Ok((value, TrialCost { instantiate, describe, fuel: used }))
            }
            Ok(Err(error)) => Err(self.fault(phase, FaultKind::of_error(&error, store.data(), budget))),
            Err(_) => Err(self.fault(phase, FaultKind::Time(wait))),
        }
    }
}

/// The epoch also passes while the guest waits for HTTP. Counting the ticks at which it was found running charges processor time only,
/// and each of them yields, so that a busy hook shares its worker.
fn arm(store: &mut Store<State>, budget: Budget) -> wasmtime::Result<()> {
    store.set_fuel(budget.fuel)?;
    store.set_epoch_deadline(1);
    let mut ticks_left = u64::try_from(budget.wall.as_millis()).unwrap_or(u64::MAX);
    store.epoch_deadline_callback(move |_| {
        ticks_left = ticks_left.saturating_sub(1);
        Ok(if ticks_left == 0 { UpdateDeadline::Interrupt } else { UpdateDeadline::Yield(1) })
    });
    Ok(())
}
