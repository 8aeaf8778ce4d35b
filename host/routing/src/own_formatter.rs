//! The formatter that an account names, as its calls use it.

use std::sync::Arc;

use serde_json::{Map, Value};
use strowger_model::chain::check_parameters_at;
use strowger_model::{Formatter, OnFormatError, Owner, Violation};
use strowger_plugins::{FindError, Plugins};
use strowger_sandbox::{Module, ModuleKind, PluginFault, PreparedRewriter};
use strowger_store::StoreError;

use crate::breaker::Breaker;
use crate::check::CheckError;
use crate::resolved::Resolver;

/// An account's formatter, its plugin found: the version is the same for every call until the next change.
pub(crate) struct OwnFormatter {
    owner: Owner,
    /// `NAME@VERSION`, or the name where it leads nowhere.
    pub(crate) plugin: Arc<str>,
    pub(crate) on_error: OnFormatError,
    pub(crate) breaker: Arc<Breaker>,
    parameters: Option<Map<String, Value>>,
    module: Result<Arc<Module>, PluginFault>,
}

impl OwnFormatter {
    /// Finds the plugin as the account means it.
    pub(crate) async fn resolve(resolver: &Resolver<'_>, formatter: Formatter) -> Result<Self, StoreError> {
        let module = resolver.find(&formatter.plugin).await?;
        let breaker = module.as_ref().map(|module| resolver.breakers.of(resolver.owner, &module.plugin));
        let plugin: Arc<str> = module.as_ref().map_or(&*formatter.plugin, |module| module.id()).into();
        Ok(Self {
            owner: resolver.owner,
            plugin,
            on_error: formatter.on_error,
            breaker: breaker.unwrap_or_default(),
            parameters: formatter.parameters,
            module,
        })
    }

    /// Whether it is prepared alike for every carrier.
    pub(crate) fn has_parameters(&self) -> bool {
        self.parameters.is_some()
    }

    /// Prepares it with its own parameters, or with those of a carrier.
    pub(crate) fn prepare(&self, formatters: &Map<String, Value>) -> Result<PreparedRewriter, PluginFault> {
        let module = self.module.as_ref().map_err(PluginFault::clone)?;
        module.prepare_rewriter(self.owner, self.parameters.as_ref().unwrap_or(formatters))
    }
}

/// Checks a formatter that an account is to have: the plugin is one of kind `formatter` that the account may name, and its parameters fit
/// the plugin's schema.
///
/// # Errors
/// What is wrong, by path.
pub async fn check_formatter(plugins: &Plugins, owner: Owner, formatter: &Formatter) -> Result<(), CheckError> {
    let name = formatter.plugin.as_str();
    let refused = |constraint, message| {
        let violation = Violation::new("formatter.plugin", constraint, message).value(name);
        CheckError::Invalid(violation.into())
    };
    let module = match plugins.module(owner, name).await {
        Ok(module) if module.kind == ModuleKind::Formatter => module,
        Ok(_) => return Err(refused("type", format!("'{name}' is no formatter"))),
        Err(FindError::Store(error)) => return Err(error.into()),
        Err(FindError::Unknown(_)) => {
            return Err(refused("enum", format!("no formatter named '{name}' is installed")));
        }
        Err(error) => return Err(refused("usable", error.to_string())),
    };
    let Some(parameters) = &formatter.parameters else { return Ok(()) };
    let path = "formatter.parameters".to_owned();
    if formatter.is_too_large() {
        let message = "The parameters have too many bytes";
        return Err(CheckError::Invalid(Violation::new(path, "maxLength", message).into()));
    }
    Ok(check_parameters_at(&module.parameters, path, &Value::Object(parameters.clone()))?)
}
