//! A chain is checked when it is saved: every module is installed, every parameter fits its schema.

use std::sync::Arc;

use serde_json::Value;
use strowger_model::chain::{self, Chain, Step};
use strowger_model::{Violation, Violations};
use strowger_sandbox::{Module, ModuleKind, Sandbox};

/// Reads a `rules` array that is to be saved. Every step's module must be an installed selector, and its parameters must fit the
/// module's schema; all that is wrong with all the steps is told at once.
pub(crate) fn rules(sandbox: &Sandbox, rules: &Value) -> Result<Chain, Violations> {
    let (steps, mut violations) = Chain::parse_steps(rules);
    for (index, step) in &steps {
        let checked = selector(sandbox, *index, step)
            .and_then(|module| chain::check_parameters(&module.parameters, *index, step));
        if let Err(broken) = checked {
            violations.0.extend(broken.0);
        }
    }
    violations.into_result().map(|()| Chain { steps: steps.into_iter().map(|(_, step)| step).collect() })
}

/// Every step's module must be an installed selector.
pub(crate) fn modules(sandbox: &Sandbox, chain: &Chain) -> Result<(), Violations> {
    let steps = chain.steps.iter().enumerate();
    let broken = steps.filter_map(|(index, step)| selector(sandbox, index, step).err());
    Violations(broken.flat_map(|violations| violations.0).collect()).into_result()
}

fn selector(sandbox: &Sandbox, index: usize, step: &Step) -> Result<Arc<Module>, Violations> {
    let (name, path) = (step.to_string(), step.path(index));
    match sandbox.module(&name) {
        Some(module) if module.kind == ModuleKind::Selector => Ok(module),
        Some(_) => Err(Violation::new(path, "type", format!("'{name}' is no selector")).value(name).into()),
        None => {
            let known: Vec<Value> = selectors(sandbox).map(Value::from).collect();
            let unknown = Violation::new(path, "enum", format!("no selector named '{name}' is installed"));
            Err(unknown.target(known).value(name).into())
        }
    }
}

fn selectors(sandbox: &Sandbox) -> impl Iterator<Item = String> {
    let modules = sandbox.modules().into_iter().filter(|module| module.kind == ModuleKind::Selector);
    modules.map(|module| module.plugin.name.clone())
}
