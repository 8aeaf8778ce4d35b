//! Call hooks: a fresh instance per event, which may wait for HTTP.

use std::time::Instant;

use strowger_model::{AccountId, Owner};
use wasmtime::{Store, UpdateDeadline};

/// The shapes that cross the wall.
pub mod hook {
    pub use crate::bindings::call_hook::exports::strowger::plugin::call_hook::{
        Call, CallDirection, CallStatus, Event, EventKind, HookTarget, OtherVerb, Play, Verb,
    };
}

use crate::bindings::call_hook::CallHookPlugin;
use crate::bindings::call_hook::exports::strowger::plugin::describe;
use crate::engine::Sandbox;
use crate::examine::{Described, TrialCost};
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::instance::Usage;
use crate::kind::ModuleKind;
use crate::limits::Budget;
use crate::module::{Body, Module};
use crate::state::State;

impl Sandbox {
    /// Tells the call hook `plugin` (`NAME` or `NAME@VERSION`) of an event of that account's call.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::Refused`] carries its own words.
    pub async fn call_hook(
        &self,
        plugin: &str,
        account: AccountId,
        event: &hook::Event,
    ) -> Result<Option<Vec<hook::Verb>>, PluginFault> {
        let module = self.module_of(plugin, ModuleKind::CallHook, Phase::Event)?;
        let answer = module.on_event(account.into(), event).await;
        if let Err(fault) = &answer {
            tracing::debug!(%account, %fault, "call hook failed");
        }
        answer
    }
}

impl Module {
    /// Tells it of an event of a call of `owner`, in an instance of its own.
    ///
    /// # Errors
    /// A fault of the plugin; [`FaultKind::Refused`] carries its own words.
    pub async fn on_event(&self, owner: Owner, event: &hook::Event) -> Result<Option<Vec<hook::Verb>>, PluginFault> {
        self.on_event_metered(owner, event).await.map(|(verbs, _)| verbs)
    }

    /// The same, and what it cost with the instance that was made for it.
    ///
    /// # Errors
    /// Those of [`Module::on_event`].
    pub async fn on_event_metered(
        &self,
        owner: Owner,
        event: &hook::Event,
    ) -> Result<(Option<Vec<hook::Verb>>, Usage), PluginFault> {
        let limits = &self.limits;
        let (answer, cost) = self
            .fresh(owner, Phase::Event, limits.hook, async |guest, store| {
                guest.strowger_plugin_call_hook().call_on_event(store, event).await
            })
            .await?;
        match answer {
            Ok(Some(verbs)) if verbs.len() > limits.verbs => {
                Err(self.fault(Phase::Event, FaultKind::InvalidResult(format!("more than {} verbs", limits.verbs))))
            }
            Ok(verbs) => Ok((verbs, Usage { elapsed: cost.instantiate + cost.describe, fuel: cost.fuel })),
            Err(error) => Err(self.fault(Phase::Event, error.into())),
        }
    }

    pub(crate) async fn describe_hook(&self) -> Result<(Described, TrialCost), PluginFault> {
        let budget = self.limits.describe;
        let (description, cost) = self
            .fresh(self.plugin.owner, Phase::Describe, budget, async |guest, store| {
                guest.strowger_plugin_describe().call_describe(store).await
            })
            .await?;
        let described = Described {
            kind: match description.kind {
                describe::Kind::CallHook => Some(ModuleKind::CallHook),
                _ => None,
            },
            summary: description.summary,
            capabilities: description.capabilities,
            parameters: description.parameters,
        };
        Ok((described, cost))
    }

    /// Instantiates, calls, drops; bounded by fuel, by processor time and by the wall clock.
    async fn fresh<T>(
        &self,
        owner: Owner,
        phase: Phase,
        budget: Budget,
        call: impl AsyncFnOnce(&CallHookPlugin, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, TrialCost), PluginFault> {
        let Body::CallHook(pre) = &self.body else {
            return Err(self.fault(phase, FaultKind::WrongKind("call-hook")));
        };
        let mut store = self.store(owner);
        let started = Instant::now();
        let armed = arm(&mut store, budget);
        let run = async {
            armed?;
            let guest = pre.instantiate_async(&mut store).await?;
            let instantiate = started.elapsed();
            call(&guest, &mut store).await.map(|value| (value, instantiate))
        };
        let wait = self.limits.hook_wait;
        let outcome = tokio::time::timeout(wait, run).await;
        let used = budget.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
        self.meter.count(phase, started.elapsed(), used);
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
