//! A chain whose steps have found their plugins.

mod role;
mod shadows;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use metrics::{Counter, counter};
use strowger_model::Owner;
use strowger_model::chain::{Chain, OnError, Step};
use strowger_plugins::{FindError, Mode, Plugins, Running};
use strowger_sandbox::{FaultKind, Module, Phase, PluginFault};
use strowger_store::StoreError;

use crate::breaker::Breaker;
use crate::breakers::Breakers;
use crate::digest::Digest;
use crate::rung::Rung;
use crate::shadow::Shadow;

pub(crate) use role::Role;

/// What a name leads to. Where the plugin cannot be used, it fails at every call.
type Found = Result<Arc<Module>, PluginFault>;

/// What a name of a chain leads to.
#[derive(Clone)]
struct Named {
    module: Found,
    /// The version of it that is tried.
    running: Option<Arc<Running>>,
    /// It is itself a version that is tried, in the place of the active one.
    is_shadow: bool,
}

/// One plugin that may answer a step.
pub(crate) struct ResolvedRung {
    pub(crate) rung: Rung,
    /// `NAME@VERSION`, or the name where it leads nowhere.
    pub(crate) plugin: Arc<str>,
    /// JSON.
    pub(crate) parameters: String,
    pub(crate) module: Found,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) role: Role,
    /// Steps that it answered.
    pub(crate) answered: Counter,
}

/// A step, and the plugins that may answer it, the one that is wanted first.
pub(crate) struct ResolvedStep {
    /// As the chain names it.
    pub(crate) name: Arc<str>,
    pub(crate) on_error: OnError,
    pub(crate) rungs: Vec<ResolvedRung>,
    /// Whether calls go by it.
    pub(crate) is_live: bool,
    /// Steps that none of them answered.
    pub(crate) unanswered: Counter,
}

/// A chain as one owner's calls run it: the versions are those that were active when it was resolved, for every call until the next
/// change, so that none sees half of one.
pub(crate) struct ResolvedChain {
    pub(crate) owner: Owner,
    pub(crate) steps: Vec<ResolvedStep>,
    /// Of its rules and of the components that they lead to: two chains with the same one decide alike.
    pub(crate) digest: String,
    /// What its decisions are compared with.
    pub(crate) shadows: Vec<Arc<Shadow>>,
}

/// What is looked up in.
pub(crate) struct Resolver<'a> {
    pub(crate) plugins: &'a Plugins,
    pub(crate) breakers: &'a Breakers,
    pub(crate) owner: Owner,
    /// Whether calls go by what is found: it is counted then, and versions are tried beside it.
    pub(crate) is_live: bool,
}

impl ResolvedChain {
    /// Whether a version answers a share of the calls.
    pub(crate) fn has_canary(&self) -> bool {
        self.steps.iter().flat_map(|step| &step.rungs).any(|rung| rung.rung == Rung::Canary)
    }

    /// Whether a rung is the last thing to be tried: then it is tried however often it failed.
    pub(crate) fn is_last_resort(step: &ResolvedStep, rung: usize) -> bool {
        rung + 1 == step.rungs.len() && step.on_error != OnError::Skip
    }
}

impl Resolver<'_> {
    /// Finds the plugins of a chain as an owner means them. A name means the same version wherever the chain has it.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn resolve(&self, chain: Chain) -> Result<ResolvedChain, StoreError> {
        let mut found: HashMap<String, Named> = HashMap::new();
        for (name, _) in chain.steps.iter().flat_map(Step::candidates) {
            if let Entry::Vacant(place) = found.entry(name) {
                let named = self.named(place.key()).await?;
                place.insert(named);
            }
        }
        let shadows = self.shadows(&chain, &found);
        Ok(ResolvedChain { shadows, ..self.chain(&chain, &found) })
    }

    fn chain(&self, chain: &Chain, found: &HashMap<String, Named>) -> ResolvedChain {
        let steps: Vec<ResolvedStep> = chain.steps.iter().map(|step| self.step(step, found)).collect();
        let digest = digest(chain, &steps);
        ResolvedChain { owner: self.owner, steps, digest, shadows: Vec::new() }
    }

    async fn named(&self, name: &str) -> Result<Named, StoreError> {
        let module = self.find(name).await?;
        let running = match &module {
            Ok(_) if self.is_live => self.plugins.running(self.owner, name).await?.map(Arc::new),
            _ => None,
        };
        Ok(Named { module, running, is_shadow: false })
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Found, StoreError> {
        match self.plugins.module(self.owner, name).await {
            Ok(module) => Ok(Ok(module)),
            Err(FindError::Store(error)) => Err(error),
            Err(error) => Ok(Err(unusable(name, &error))),
        }
    }

    fn step(&self, step: &Step, found: &HashMap<String, Named>) -> ResolvedStep {
        let rungs = step.candidates().enumerate().flat_map(|(place, (name, parameters))| {
            let rung = place.checked_sub(1).map_or(Rung::Step, Rung::Fallback);
            let missing = || Err(unusable(&name, &FindError::Unknown(name.clone())));
            let named = found.get(&name).cloned();
            let named = named.unwrap_or_else(|| Named { module: missing(), running: None, is_shadow: false });
            self.rungs(rung, &name, parameters.to_string(), named)
        });
        let rungs: Vec<ResolvedRung> = rungs.collect();
        let wanted = rungs.iter().find(|rung| rung.rung == Rung::Step);
        let unanswered = wanted.map_or_else(Counter::noop, |wanted| self.counter(wanted, step.on_error.into()));
        let (name, on_error) = (step.to_string().into(), step.on_error);
        ResolvedStep { name, on_error, rungs, is_live: self.is_live, unanswered }
    }

    /// The plugin that a name means, and before it the version that answers a share of its calls.
    fn rungs(&self, rung: Rung, name: &str, parameters: String, named: Named) -> Vec<ResolvedRung> {
        let canary = named.running.filter(|running| running.mode() == Mode::Canary);
        let tried = canary.as_ref().map(|running| {
            let (module, role) = (Ok(Arc::clone(&running.candidate)), Role::Canary(Arc::clone(running)));
            self.rung(Rung::Canary, name, parameters.clone(), module, role)
        });
        let role = match canary {
            Some(running) => Role::Active(running),
            None if named.is_shadow => Role::Shadow,
            None => Role::Plain,
        };
        let own = self.rung(rung, name, parameters, named.module, role);
        tried.into_iter().chain([own]).collect()
    }

    fn rung(&self, rung: Rung, name: &str, parameters: String, module: Found, role: Role) -> ResolvedRung {
        let breaker = module.as_ref().map(|module| self.breakers.of(self.owner, &module.plugin)).unwrap_or_default();
        let plugin: Arc<str> = module.as_ref().map_or(name, |module| module.id()).into();
        let mut rung = ResolvedRung { rung, plugin, parameters, module, breaker, role, answered: Counter::noop() };
        rung.answered = self.counter(&rung, rung.rung);
        rung
    }

    fn counter(&self, wanted: &ResolvedRung, rung: Rung) -> Counter {
        if self.is_live { answered(wanted, rung) } else { Counter::noop() }
    }
}

fn digest(chain: &Chain, steps: &[ResolvedStep]) -> String {
    let mut digest = Digest::default();
    digest.add(&chain.to_rules().to_string());
    for rung in steps.iter().flat_map(|step| &step.rungs) {
        digest.add(&rung.plugin);
        digest.add(rung.module.as_ref().map_or("", |module| &module.digest));
    }
    digest.into_text()
}

/// What counts the steps that are answered so in place of a plugin: with it, or, where it is not there, with all that are not.
fn answered(wanted: &ResolvedRung, rung: Rung) -> Counter {
    match &wanted.module {
        Ok(module) => module.rung_counter(rung.name()),
        Err(_) => counter!("strowger_plugin_missing_total", "rung" => rung.name()),
    }
}

fn unusable(plugin: &str, error: &FindError) -> PluginFault {
    let kind = match error {
        FindError::Unknown(_) => FaultKind::NotInstalled,
        error => FaultKind::Unusable(error.to_string()),
    };
    PluginFault { plugin: plugin.to_owned(), phase: Phase::Prepare, kind }
}
