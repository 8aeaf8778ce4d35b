//! A component is looked over: preamble, compilation, imports and exports, trial. What comes out is a [`Verdict`], and a module where
//! nothing is wrong with it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use wasmtime::Store;

use crate::code::{Built, Trust};
use crate::engine::{Sandbox, Shared};
use crate::fault::{FaultKind, Phase, PluginFault};
use crate::grants::{Capability, Grants};
use crate::inspect::{self, Outside};
use crate::install_error::InstallError;
use crate::kind::ModuleKind;
use crate::module::{Body, Module, PluginId, Terms};
use crate::state::State;
use crate::verdict::{Trial, Verdict};

/// Bytes of a parameter schema.
const MAX_SCHEMA: usize = 256 << 10;
/// Characters of a summary.
const MAX_SUMMARY: usize = 200;

/// What `describe` answers, whichever world it was asked in.
pub(crate) struct Described {
    pub(crate) kind: Option<ModuleKind>,
    pub(crate) summary: String,
    pub(crate) capabilities: Vec<String>,
    pub(crate) parameters: String,
}

/// What an invocation of the trial cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TrialCost {
    pub(crate) instantiate: Duration,
    pub(crate) describe: Duration,
    pub(crate) fuel: u64,
}

/// A component that was looked over.
pub struct Examined {
    /// What was found.
    pub verdict: Verdict,
    /// The first thing that is wrong with it.
    pub error: Option<InstallError>,
    /// Ready to be used, where nothing is wrong with it.
    pub module: Option<Arc<Module>>,
}

impl Sandbox {
    /// Looks over a component that somebody uploads: compiled by a worker, tried under full limits, with nothing granted while it is
    /// on trial.
    pub async fn examine(&self, plugin: &PluginId, component: Arc<[u8]>, terms: Terms) -> Examined {
        self.shared.examine(plugin, component, terms, Trust::Tenant).await
    }
}

impl Shared {
    pub(crate) async fn examine(
        self: &Arc<Self>,
        plugin: &PluginId,
        component: Arc<[u8]>,
        terms: Terms,
        trust: Trust,
    ) -> Examined {
        let mut verdict = Verdict::begin(inspect::digest(&component), component.len());
        match self.look(plugin, component, terms, trust, &mut verdict).await {
            Ok(module) => {
                verdict.accepted = true;
                let module = Some(Arc::new(module.described(&verdict)));
                Examined { verdict, error: None, module }
            }
            Err(errors) => {
                errors.iter().for_each(|error| verdict.refuse(error));
                Examined { verdict, error: errors.into_iter().next(), module: None }
            }
        }
    }

    async fn look(
        self: &Arc<Self>,
        plugin: &PluginId,
        component: Arc<[u8]>,
        terms: Terms,
        trust: Trust,
        verdict: &mut Verdict,
    ) -> Result<Module, Vec<InstallError>> {
        let one = |error| vec![error];
        inspect::preamble(&component).map_err(one)?;
        let built = self.build(&verdict.digest, component, trust).await.map_err(one)?;
        verdict.compiled(built.elapsed, built.code_bytes);
        let outside = Outside::of(&self.engine, &built.component);
        verdict.looked_at(&outside);
        let kind = outside.kind().map_err(one)?;
        verdict.is_a(kind);
        let limits = terms.limits.as_ref().unwrap_or(&self.limits);
        let faults = outside.faults(kind, limits);
        if !faults.is_empty() {
            return Err(faults);
        }
        let on_trial = Terms { grants: Grants::default(), limits: terms.limits.clone() };
        let candidate = Module::link(self, plugin, kind, &built.component, on_trial).map_err(one)?;
        let (described, cost) = candidate.tried().await.map_err(|fault| vec![trial_fault(fault)])?;
        verdict.tried(cost);
        verdict.adopt(described).map_err(one)?;
        Module::link(self, plugin, kind, &built.component, terms).map_err(one)
    }

    async fn build(&self, digest: &str, component: Arc<[u8]>, trust: Trust) -> Result<Built, InstallError> {
        // What the host carries itself is the same at every start; what is uploaded is measured.
        if trust == Trust::Host
            && let Some(component) = self.compiler.kept(digest).await
        {
            return Ok(Built { component, code_bytes: 0, elapsed: Duration::ZERO });
        }
        self.compiler.compile(digest, component, trust).await
    }
}

/// A wrong signature of an export shows at instantiation, as an error that is no trap.
fn trial_fault(fault: PluginFault) -> InstallError {
    match &fault.kind {
        FaultKind::Trap(text) if fault.phase == Phase::Instantiate && text.contains("type") => {
            InstallError::Signature(text.clone())
        }
        _ => fault.into(),
    }
}

impl Module {
    async fn tried(&self) -> Result<(Described, TrialCost), PluginFault> {
        match &self.body {
            Body::Selector(pre) => self.try_once(|store| pre.instantiate(store), |guest, s| guest.describe_self(s)),
            Body::Formatter(pre) => self.try_once(|store| pre.instantiate(store), |guest, s| guest.describe_self(s)),
            Body::CallHook(_) => self.describe_hook().await,
            Body::MessageProvider(_) => self.describe_provider().await,
        }
    }

    fn try_once<T>(
        &self,
        instantiate: impl FnOnce(&mut Store<State>) -> wasmtime::Result<T>,
        describe: impl FnOnce(&T, &mut Store<State>) -> wasmtime::Result<Described>,
    ) -> Result<(Described, TrialCost), PluginFault> {
        let budget = self.limits.describe;
        let mut store = self.store(self.plugin.owner, Phase::Instantiate)?;
        let (guest, first) = self.metered(&mut store, Phase::Instantiate, budget, instantiate)?;
        let (described, second) = self.metered(&mut store, Phase::Describe, budget, |s| describe(&guest, s))?;
        let fuel = first.fuel.saturating_add(second.fuel);
        Ok((described, TrialCost { instantiate: first.elapsed, describe: second.elapsed, fuel }))
    }
}

impl Verdict {
    fn tried(&mut self, cost: TrialCost) {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.trial = Some(Trial {
            instantiate_us: micros(cost.instantiate),
            describe_us: micros(cost.describe),
            fuel: cost.fuel,
        });
    }

    fn adopt(&mut self, described: Described) -> Result<(), InstallError> {
        let wrong = |text: String| Err(InstallError::Description(text));
        if described.kind != self.kind {
            return wrong(format!("its kind is not {}", self.kind.map_or("any", ModuleKind::name)));
        }
        if described.parameters.len() > MAX_SCHEMA {
            return wrong(format!("its parameter schema has more than {MAX_SCHEMA} bytes"));
        }
        match serde_json::from_str(&described.parameters) {
            Ok(schema @ Value::Object(_)) => self.parameters = schema,
            Ok(_) => return wrong("its parameter schema is no object".into()),
            Err(error) => return wrong(format!("its parameter schema is no JSON: {error}")),
        }
        if let Some(fault) = strowger_model::chain::schema_fault(&self.parameters) {
            return wrong(format!("its parameter schema is no JSON Schema: {fault}"));
        }
        self.summary = described.summary.chars().filter(|c| !c.is_control()).take(MAX_SUMMARY).collect();
        // Files are asked for in words: every runtime imports their interface, whether it uses it or not.
        let asks_for_files = described.capabilities.iter().any(|name| Capability::of(name) == Some(Capability::Folder));
        if asks_for_files && !self.capabilities.contains(&Capability::Folder) {
            self.capabilities.push(Capability::Folder);
        }
        Ok(())
    }
}
