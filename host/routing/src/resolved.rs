//! A chain whose steps have found their plugins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use metrics::{Counter, counter};
use strowger_model::Owner;
use strowger_model::chain::{Chain, OnError, Step};
use strowger_plugins::{FindError, Plugins};
use strowger_sandbox::{FaultKind, Module, Phase, PluginFault};
use strowger_store::StoreError;

use crate::breaker::Breaker;
use crate::breakers::Breakers;
use crate::digest::Digest;
use crate::rung::Rung;

/// What a name leads to. Where the plugin cannot be used, it fails at every call.
type Found = Result<Arc<Module>, PluginFault>;

/// One plugin that may answer a step.
pub(crate) struct ResolvedRung {
    pub(crate) rung: Rung,
    /// `NAME@VERSION`, or the name where it leads nowhere.
    pub(crate) plugin: Arc<str>,
    /// JSON.
    pub(crate) parameters: String,
    pub(crate) module: Found,
    pub(crate) breaker: Arc<Breaker>,
    /// Steps that it answered.
    pub(crate) answered: Counter,
}

/// A step, and the plugins that may answer it, the one that is wanted first.
pub(crate) struct ResolvedStep {
    /// As the chain names it.
    pub(crate) name: Arc<str>,
    pub(crate) on_error: OnError,
    pub(crate) rungs: Vec<ResolvedRung>,
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
}

/// What is looked up in.
pub(crate) struct Resolver<'a> {
    pub(crate) plugins: &'a Plugins,
    pub(crate) breakers: &'a Breakers,
    pub(crate) owner: Owner,
}

impl ResolvedChain {
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
        let mut found: HashMap<String, Found> = HashMap::new();
        for (name, _) in chain.steps.iter().flat_map(Step::candidates) {
            if let Entry::Vacant(place) = found.entry(name) {
                let module = self.find(place.key()).await?;
                place.insert(module);
            }
        }
        let steps: Vec<ResolvedStep> = chain.steps.iter().map(|step| self.step(step, &found)).collect();
        let digest = digest(&chain, &steps);
        Ok(ResolvedChain { owner: self.owner, steps, digest })
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Found, StoreError> {
        match self.plugins.module(self.owner, name).await {
            Ok(module) => Ok(Ok(module)),
            Err(FindError::Store(error)) => Err(error),
            Err(error) => Ok(Err(unusable(name, &error))),
        }
    }

    fn step(&self, step: &Step, found: &HashMap<String, Found>) -> ResolvedStep {
        let rungs = step.candidates().enumerate().map(|(place, (name, parameters))| {
            let rung = place.checked_sub(1).map_or(Rung::Step, Rung::Fallback);
            let missing = || Err(unusable(&name, &FindError::Unknown(name.clone())));
            let module = found.get(&name).cloned().unwrap_or_else(missing);
            self.rung(rung, &name, parameters.to_string(), module)
        });
        let rungs: Vec<ResolvedRung> = rungs.collect();
        let unanswered = rungs.first().map_or_else(Counter::noop, |wanted| answered(wanted, step.on_error.into()));
        ResolvedStep { name: step.to_string().into(), on_error: step.on_error, rungs, unanswered }
    }

    pub(crate) fn rung(&self, rung: Rung, name: &str, parameters: String, module: Found) -> ResolvedRung {
        let breaker = module.as_ref().map(|module| self.breakers.of(self.owner, &module.plugin)).unwrap_or_default();
        let plugin: Arc<str> = module.as_ref().map_or(name, |module| module.id()).into();
        let mut rung = ResolvedRung { rung, plugin, parameters, module, breaker, answered: Counter::noop() };
        rung.answered = answered(&rung, rung.rung);
        rung
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
