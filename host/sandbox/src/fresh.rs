//! A fresh instance per event: nothing of one call can leak into another.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use strowger_model::Owner;
use wasmtime::{Store, UpdateDeadline};

use crate::budget::{Account, Scarce, Seat};
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
        let is_busy = Arc::new(AtomicBool::new(false));
        let account = store.data().growth.seat().map(Seat::account).filter(|account| account.has_lane());
        let armed = arm(&mut store, budget, Arc::clone(&is_busy), account.is_some());
        let run = async {
            armed?;
            let guest = instantiate(&mut store).await?;
            let instantiated = started.elapsed();
            call(&guest, &mut store).await.map(|value| (value, instantiated))
        };
        let wait = self.limits.hook_wait;
        let outcome =
            tokio::time::timeout(wait, beside_when_busy(account.as_deref(), self.is_tenants(), &is_busy, run)).await;
        store.data().settle();
        let used = budget.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
        self.charge(&store, phase, Usage { elapsed: started.elapsed(), fuel: used });
        match outcome {
            Ok(Ok(Ok((value, instantiate)))) => {
                let describe = started.elapsed().saturating_sub(instantiate);
                Ok((value, TrialCost { instantiate, describe, fuel: used }))
            }
            Ok(Ok(Err(error))) => Err(self.fault(phase, FaultKind::of_error(&error, store.data(), budget))),
            Ok(Err(scarce)) => Err(self.fault(phase, FaultKind::Overloaded(scarce))),
            Err(_) => Err(self.fault(phase, FaultKind::Time(wait))),
        }
    }
}

/// Once a tick has found it running it no longer holds a worker that others' calls need.
async fn beside_when_busy<T>(
    account: Option<&Account>,
    is_refusable: bool,
    is_busy: &AtomicBool,
    run: impl Future<Output = T>,
) -> Result<T, Scarce> {
    let mut run = pin!(run);
    poll_fn(|context| {
        let busy = account.filter(|_| is_busy.load(Ordering::Relaxed));
        let Some(account) = busy else { return run.as_mut().poll(context).map(Ok) };
        match Seat::beside(account, is_refusable, || run.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(scarce) => Poll::Ready(Err(scarce)),
        }
    })
    .await
}

/// The epoch also passes while the guest waits for HTTP. Counting the ticks at which it was found running charges processor time only.
/// The first of them gives the worker back; what runs on a worker after that gives way at each.
fn arm(store: &mut Store<State>, budget: Budget, is_busy: Arc<AtomicBool>, has_lane: bool) -> wasmtime::Result<()> {
    store.set_fuel(budget.fuel)?;
    store.set_epoch_deadline(1);
    let mut ticks_left = u64::try_from(budget.wall.as_millis()).unwrap_or(u64::MAX);
    store.epoch_deadline_callback(move |_| {
        ticks_left = ticks_left.saturating_sub(1);
        let is_beside = is_busy.swap(true, Ordering::Relaxed) && has_lane;
        Ok(match (ticks_left, is_beside) {
            (0, _) => UpdateDeadline::Interrupt,
            (_, true) => {
                std::thread::yield_now();
                UpdateDeadline::Continue(1)
            }
            (_, false) => UpdateDeadline::Yield(1),
        })
    });
    Ok(())
}
