//! An installed plugin: checked, compiled, and ready to be instantiated.

use std::sync::Arc;

use metrics::Counter;
use serde_json::Value;
use strowger_model::Owner;
use wasmtime::component::{Component, InstancePre};

use crate::bindings::call_hook::CallHookPluginPre;
use crate::bindings::formatter::FormatterPluginPre;
use crate::bindings::message_provider::MessageProviderPluginPre;
use crate::bindings::selector::SelectorPluginPre;
use crate::engine::Shared;
use crate::grants::{Capability, Grants, HttpGrant};
use crate::install_error::InstallError;
use crate::kind::ModuleKind;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::state::State;
use crate::verdict::Verdict;

/// Which plugin it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PluginId {
    /// Who installed it: the installation, for all accounts, or one account for itself.
    pub owner: Owner,
    /// Its name, as chains and hooks write it.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl PluginId {
    /// A plugin of the installation.
    #[must_use]
    pub fn system(name: &str, version: &str) -> Self {
        Self { owner: Owner::System, name: name.to_owned(), version: version.to_owned() }
    }
}

pub(crate) enum Body {
    Selector(SelectorPluginPre<State>),
    Formatter(FormatterPluginPre<State>),
    CallHook(CallHookPluginPre<State>),
    MessageProvider(MessageProviderPluginPre<State>),
}

/// What a plugin may do and use.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// What it is granted.
    pub grants: Grants,
    /// Its limits; the sandbox's own where it is left out.
    pub limits: Option<Limits>,
}

/// An installed plugin.
pub struct Module {
    /// Which it is.
    pub plugin: Arc<PluginId>,
    /// What it is.
    pub kind: ModuleKind,
    /// One line on what it does.
    pub summary: String,
    /// What it must be granted.
    pub capabilities: Vec<Capability>,
    /// JSON Schema of its parameters.
    pub parameters: Value,
    /// SHA-256 of the component, hex.
    pub digest: String,
    /// What it is granted.
    pub grants: Grants,
    /// What one instance of it may use.
    pub limits: Arc<Limits>,
    pub(crate) http_grant: Option<Arc<HttpGrant>>,
    id: String,
    pub(crate) body: Body,
    pub(crate) meter: Meter,
    pub(crate) shared: Arc<Shared>,
}

impl Module {
    /// `name@version`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What counts the steps that it answered, or left to others, on a rung.
    pub fn rung_counter(&self, rung: &'static str) -> Counter {
        self.meter.tally.rung(rung)
    }

    /// Links a component. Nothing is known of it yet but its kind.
    pub(crate) fn link(
        shared: &Arc<Shared>,
        plugin: &PluginId,
        kind: ModuleKind,
        component: &Component,
        terms: Terms,
    ) -> Result<Self, InstallError> {
        let body = body(shared, kind, component)?;
        let id = format!("{}@{}", plugin.name, plugin.version);
        Ok(Self {
            plugin: Arc::new(plugin.clone()),
            kind,
            summary: String::new(),
            capabilities: Vec::new(),
            parameters: Value::Null,
            digest: String::new(),
            http_grant: terms.grants.http.clone().map(Arc::new),
            grants: terms.grants,
            limits: terms.limits.map_or_else(|| Arc::clone(&shared.limits), Arc::new),
            meter: Meter::new(shared.tallies.get(plugin)),
            id,
            body,
            shared: Arc::clone(shared),
        })
    }

    /// What is known of it from its trial.
    pub(crate) fn described(self, verdict: &Verdict) -> Self {
        Self {
            summary: verdict.summary.clone(),
            capabilities: verdict.capabilities.clone(),
            parameters: verdict.parameters.clone(),
            digest: verdict.digest.clone(),
            ..self
        }
    }
}

/// Imports are checked where a component is linked, its exports' names where their bindings are looked up; that their types are right
/// shows at the trial only.
fn body(shared: &Shared, kind: ModuleKind, component: &Component) -> Result<Body, InstallError> {
    let linker = match kind {
        ModuleKind::Selector => &shared.selectors,
        ModuleKind::Formatter => &shared.formatters,
        ModuleKind::CallHook => &shared.hooks,
        ModuleKind::MessageProvider => &shared.providers,
    };
    let signature = |error: wasmtime::Error| InstallError::Signature(format!("{error:#}"));
    let pre: InstancePre<State> = linker.instantiate_pre(component).map_err(signature)?;
    let body = match kind {
        ModuleKind::Selector => SelectorPluginPre::new(pre).map(Body::Selector),
        ModuleKind::Formatter => FormatterPluginPre::new(pre).map(Body::Formatter),
        ModuleKind::CallHook => CallHookPluginPre::new(pre).map(Body::CallHook),
        ModuleKind::MessageProvider => MessageProviderPluginPre::new(pre).map(Body::MessageProvider),
    };
    body.map_err(|error| InstallError::MissingExport(format!("{error:#}")))
}
