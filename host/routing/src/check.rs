//! A chain is checked when it is saved: every module is there, every parameter fits its schema.

use std::sync::Arc;

use serde_json::Value;
use strowger_model::chain::{self, Chain, Fallback, Step};
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
        for place in places(*index, step) {
            let checked = match selector(plugins, owner, &place).await {
                Ok(module) => chain::check_parameters_at(&module.parameters, place.path, place.parameters),
                Err(CheckError::Invalid(broken)) => Err(broken),
                Err(error) => return Err(error),
            };
            if let Err(broken) = checked {
                violations.0.extend(broken.0);
            }
        }
    }
    violations.into_result()?;
    Ok(Chain { steps: steps.into_iter().map(|(_, step)| step).collect() })
}

/// Every step's module must be a selector that the owner may use.
pub(crate) async fn modules(plugins: &Plugins, owner: Owner, chain: &Chain) -> Result<(), CheckError> {
    let mut violations = Violations::default();
    for place in chain.steps.iter().enumerate().flat_map(|(index, step)| places(index, step)) {
        match selector(plugins, owner, &place).await {
            Ok(_) => {}
            Err(CheckError::Invalid(broken)) => violations.0.extend(broken.0),
            Err(error) => return Err(error),
        }
    }
    Ok(violations.into_result()?)
}

/// A plugin that a chain names.
struct Place<'a> {
    name: String,
    /// Where its parameters lie.
    path: String,
    parameters: &'a Value,
}

/// Those of a step and of its fallbacks.
fn places(index: usize, step: &Step) -> impl Iterator<Item = Place<'_>> {
    step.candidates().enumerate().map(move |(place, (name, parameters))| {
        let path = match place.checked_sub(1) {
            None => step.path(index),
            Some(fallback) => Fallback::path(step, index, fallback),
        };
        Place { name, path, parameters }
    })
}

async fn selector(plugins: &Plugins, owner: Owner, place: &Place<'_>) -> Result<Arc<Module>, CheckError> {
    let (name, path) = (place.name.clone(), place.path.clone());
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
