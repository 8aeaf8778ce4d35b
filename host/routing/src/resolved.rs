//! A chain whose steps have found their plugins.

use std::sync::Arc;

use strowger_model::Owner;
use strowger_model::chain::{Chain, Step};
use strowger_plugins::{FindError, Plugins};
use strowger_sandbox::{FaultKind, Module, Phase, PluginFault};
use strowger_store::StoreError;

/// A step and its plugin. Where that cannot be used, the step fails at every call, as its `on_error` says.
#[derive(Clone)]
pub(crate) struct ResolvedStep {
    pub(crate) step: Step,
    pub(crate) module: Result<Arc<Module>, PluginFault>,
}

/// A chain as one owner's calls run it: the versions are those that were active when it was resolved, for every call until the next
/// change, so that none sees half of one.
#[derive(Clone)]
pub(crate) struct ResolvedChain {
    pub(crate) owner: Owner,
    pub(crate) steps: Vec<ResolvedStep>,
}

impl ResolvedChain {
    /// Finds the plugins of a chain as an owner means them.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn of(plugins: &Plugins, owner: Owner, chain: Chain) -> Result<Self, StoreError> {
        let mut steps = Vec::with_capacity(chain.steps.len());
        for step in chain.steps {
            let name = step.to_string();
            let module = match plugins.module(owner, &name).await {
                Ok(module) => Ok(module),
                Err(FindError::Store(error)) => return Err(error),
                Err(error) => Err(unusable(name, &error)),
            };
            steps.push(ResolvedStep { step, module });
        }
        Ok(Self { owner, steps })
    }
}

fn unusable(plugin: String, error: &FindError) -> PluginFault {
    let kind = match error {
        FindError::Unknown(_) => FaultKind::NotInstalled,
        error => FaultKind::Unusable(error.to_string()),
    };
    PluginFault { plugin, phase: Phase::Prepare, kind }
}
