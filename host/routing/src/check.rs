//! A chain is checked when it is saved: every module is installed, every parameter fits its schema.

use serde_json::Value;
use strowger_model::chain::{self, Chain};
use strowger_model::{Violation, Violations};
use strowger_sandbox::{ModuleKind, Sandbox};

/// Every step's module must be an installed selector.
pub(crate) fn modules(sandbox: &Sandbox, chain: &Chain) -> Result<(), Violations> {
    let mut violations = Violations::default();
    for (index, step) in chain.steps.iter().enumerate() {
        let name = step.to_string();
        let path = format!("rules.{index}.{}", name.replace('.', "%2E"));
        match sandbox.module(&name) {
            Some(module) if module.kind == ModuleKind::Selector => {}
            Some(_) => violations.push(Violation::new(path, "type", format!("'{name}' is no selector")).value(name)),
            None => {
                let known: Vec<Value> = selectors(sandbox).map(Value::from).collect();
                let unknown = Violation::new(path, "enum", format!("no selector named '{name}' is installed"));
                violations.push(unknown.target(known).value(name));
            }
        }
    }
    violations.into_result()
}

/// As [`modules`], and every step's parameters must fit the module's schema.
pub(crate) fn parameters(sandbox: &Sandbox, chain: &Chain) -> Result<(), Violations> {
    modules(sandbox, chain)?;
    let mut violations = Violations::default();
    for (index, step) in chain.steps.iter().enumerate() {
        let Some(module) = sandbox.module(&step.to_string()) else { continue };
        if let Err(broken) = chain::check_parameters(&module.parameters, index, step) {
            violations.0.extend(broken.0);
        }
    }
    violations.into_result()
}

fn selectors(sandbox: &Sandbox) -> impl Iterator<Item = String> {
    let modules = sandbox.modules().into_iter().filter(|module| module.kind == ModuleKind::Selector);
    modules.map(|module| module.name.clone())
}
