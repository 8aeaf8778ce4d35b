//! Call hooks: a fresh instance per event, which may wait for HTTP.

use strowger_model::{AccountId, Owner};
use strowger_verbs::Malformed;
use wasmtime::Store;

mod verb;

/// The shapes that cross the wall.
pub mod hook {
    pub use super::verb::Verb;
    pub use crate::bindings::call_hook::exports::strowger::plugin::call_hook::{
        Call, CallDirection, CallStatus, Event, EventKind, HookTarget, OtherVerb, Play,
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
            .hooked(owner, Phase::Event, limits.hook, async |guest, store| {
                guest.strowger_plugin_call_hook().call_on_event(store, event).await
            })
            .await?;
        match answer {
            Ok(Some(verbs)) if verbs.len() > limits.verbs => {
                Err(self.fault(Phase::Event, FaultKind::InvalidResult(format!("more than {} verbs", limits.verbs))))
            }
            Ok(verbs) => {
                let verbs = verbs.map(|verbs| verbs.into_iter().map(hook::Verb::read).collect()).transpose();
                let verbs = verbs.map_err(|fault: Malformed| {
                    self.fault(Phase::Event, FaultKind::InvalidResult(fault.to_string()))
                })?;
                Ok((verbs, Usage { elapsed: cost.instantiate + cost.describe, fuel: cost.fuel }))
            }
            Err(error) => Err(self.fault(Phase::Event, error.into())),
        }
    }

    pub(crate) async fn describe_hook(&self) -> Result<(Described, TrialCost), PluginFault> {
        let budget = self.limits.describe;
        let (description, cost) = self
            .hooked(self.plugin.owner, Phase::Describe, budget, async |guest, store| {
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

    async fn hooked<T>(
        &self,
        owner: Owner,
        phase: Phase,
        budget: Budget,
        call: impl AsyncFnOnce(&CallHookPlugin, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<(T, TrialCost), PluginFault> {
        let Body::CallHook(pre) = &self.body else {
            return Err(self.fault(phase, FaultKind::WrongKind("call-hook")));
        };
        let instantiate = async |store: &mut Store<State>| pre.instantiate_async(store).await;
        self.fresh(owner, phase, budget, instantiate, call).await
    }
}
