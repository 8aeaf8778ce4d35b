//! A chain is checked when it is saved: every module is there, every parameter fits its schema.

use std::sync::Arc;

use serde_json::Value;
use strowger_model::chain::{self, Chain, Step};
use strowger_model::{Owner, Violation, Violations};
use strowger_plugins::{FindError, Plugins};
use strowger_sandbox::{Module, ModuleKind};
use strowger_store::StoreError;

/// Why a chain is not saved.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// What is wrong with it, by path.
    #[error(transparent)]
    Invalid(#[from] Violations),
    /// Its plugins could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a `rules` array that is to be saved. Every step's module must be a selector that the owner may use, and its parameters must fit
/// the module's schema; all that is wrong with all the steps is told at once.
pub(crate) async fn rules(plugins: &Plugins, owner: Owner, rules: &Value) -> Result<Chain, CheckError> {
    let (steps, mut violations) = Chain::parse_steps(rules);
    for (index, step) in &steps {
        let checked = match selector(plugins, owner, *index, step).await {
            Ok(module) => chain::check_parameters(&module.parameters, *index, step),
            Err(CheckError::Invalid(broken)) => Err(broken),
            Err(error) => return Err(error),
        };
        if let Err(broken) = checked {
            violations.0.extend(broken.0);
        }
    }
    violations.into_result()?;
    Ok(Chain { steps: steps.into_iter().map(|(_, step)| step).collect() })
}

/// Every step's module must be a selector that the owner may use.
pub(crate) async fn modules(plugins: &Plugins, owner: Owner, chain: &Chain) -> Result<(), CheckError> {
    let mut violations = Violations::default();
    for (index, step) in chain.steps.iter().enumerate() {
        match selector(plugins, owner, index, step).await {
            Ok(_) => {}
            Err(CheckError::Invalid(broken)) => violations.0.extend(broken.0),
            Err(error) => return Err(error),
        }
    }
    Ok(violations.into_result()?)
}

async fn selector(plugins: &Plugins, owner: Owner, index: usize, step: &Step) -> Result<Arc<Module>, CheckError> {
    let (name, path) = (step.to_string(), step.path(index));
    let refused = |violation: Violation| CheckError::Invalid(violation.value(name.clone()).into());
    match plugins.module(owner, &name).await {
        Ok(module) if module.kind == ModuleKind::Selector => Ok(module),
        Ok(_) => Err(refused(Violation::new(path, "type", format!("'{name}' is no selector")))),
        Err(FindError::Store(error)) => Err(error.into()),
        Err(FindError::Unknown(_)) => {
            let known: Vec<Value> = selectors(plugins, owner).await?.into_iter().map(Value::from).collect();
            let unknown = Violation::new(path, "enum", format!("no selector named '{name}' is installed"));
            Err(refused(unknown.target(known)))
        }
        Err(error) => Err(refused(Violation::new(path, "usable", error.to_string()))),
    }
}

async fn selectors(plugins: &Plugins, owner: Owner) -> Result<Vec<String>, StoreError> {
    let usable = plugins.usable(owner).await?.into_iter();
    Ok(usable.filter(|plugin| plugin.kind == Some(ModuleKind::Selector)).map(|plugin| plugin.name).collect())
}
