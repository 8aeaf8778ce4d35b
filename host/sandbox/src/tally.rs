//! What one version of a plugin has used on this node since it started.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use metrics::Counter;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use strowger_model::Owner;

use crate::fault::Phase;
use crate::module::PluginId;
use crate::phases::Phases;

/// Classes of time: class `n` holds invocations of less than 2^n microseconds, the last one all longer ones.
const CLASSES: usize = 32;
/// Versions that are remembered although none of them is in use.
const MANY: usize = 20_000;
/// Versions that metrics tell one by one; those beyond are told together.
const LISTED: usize = 1_000;
/// Those of one account.
const LISTED_OF_ACCOUNT: usize = 100;
/// Accounts whose use of the installation's plugins is remembered.
const ACCOUNTS: usize = 10_000;

/// Counted with atomic operations only, faults aside.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) live: AtomicU32,
    memory: AtomicU64,
    memory_peak: AtomicU64,
    is_listed: bool,
    pub(crate) phases: Phases,
    calls: AtomicU64,
    fuel: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; CLASSES],
    faults: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    rejected: Mutex<BTreeMap<&'static str, u64>>,
    rungs: Mutex<BTreeMap<&'static str, Arc<AtomicU64>>>,
}

/// What a version has used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginUsage {
    /// Live instances.
    pub live: u32,
    /// Bytes of their linear memory.
    pub memory: u64,
    /// Most bytes of linear memory that one instance has had.
    pub memory_peak: u64,
    /// Invocations: decisions, rewrites, events, messages.
    pub calls: u64,
    /// Units of fuel, preparing included.
    pub fuel: u64,
    /// Microseconds of all invocations.
    pub micros: u64,
    /// Invocations that ended without a result, by why.
    pub faults: BTreeMap<String, u64>,
    classes: [u64; CLASSES],
}

impl PluginUsage {
    /// Mean time of an invocation in microseconds.
    #[must_use]
    pub fn mean_micros(&self) -> Option<u64> {
        self.micros.checked_div(self.calls)
    }

    /// A time in microseconds that 99 of 100 invocations took at most, to a power of two.
    #[must_use]
    pub fn p99_micros(&self) -> Option<u64> {
        let slow = self.calls / 100;
        let mut above = 0;
        let class = self.classes.iter().enumerate().rev().find(|(_, count)| {
            above += **count;
            above > slow
        });
        class.map(|(class, _)| 1_u64 << class)
    }

    /// What was used since an earlier look.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut classes = self.classes;
        classes.iter_mut().zip(before.classes).for_each(|(now, before)| *now = now.saturating_sub(before));
        let less = |kind: &str, count: u64| count.saturating_sub(before.faults.get(kind).copied().unwrap_or(0));
        let faults = self.faults.iter().map(|(kind, count)| (kind.clone(), less(kind, *count)));
        Self {
            calls: self.calls.saturating_sub(before.calls),
            fuel: self.fuel.saturating_sub(before.fuel),
            micros: self.micros.saturating_sub(before.micros),
            faults: faults.filter(|(_, count)| *count > 0).collect(),
            classes,
            ..*self
        }
    }

    /// Adds what was used elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.live = self.live.saturating_add(other.live);
        self.memory = self.memory.saturating_add(other.memory);
        self.memory_peak = self.memory_peak.max(other.memory_peak);
        let sums = [(&mut self.calls, other.calls), (&mut self.fuel, other.fuel), (&mut self.micros, other.micros)];
        for (sum, more) in sums.into_iter().chain(self.classes.iter_mut().zip(other.classes)) {
            *sum = sum.saturating_add(more);
        }
        for (kind, count) in &other.faults {
            let sum = self.faults.entry(kind.clone()).or_default();
            *sum = sum.saturating_add(*count);
        }
    }
}

impl Tally {
    pub(crate) fn count(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        self.fuel.fetch_add(fuel, Ordering::Relaxed);
        self.phases.count(phase, elapsed, fuel);
        if matches!(phase, Phase::Instantiate | Phase::Describe | Phase::Prepare) {
            return;
        }
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let class = usize::try_from(u64::BITS - micros.leading_zeros()).unwrap_or(0).min(CLASSES - 1);
        if let Some(class) = self.classes.get(class) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn fault(&self, phase: Phase, kind: &'static str) {
        *self.faults.lock().entry((phase.name(), kind)).or_default() += 1;
    }

    pub(crate) fn reject(&self, budget: &'static str) {
        *self.rejected.lock().entry(budget).or_default() += 1;
    }

    /// What counts the steps that were answered on a rung.
    pub(crate) fn rung(&self, rung: &'static str) -> Counter {
        Counter::from_arc(Arc::clone(self.rungs.lock().entry(rung).or_default()))
    }

    /// An instance has grown by so much, to so much.
    pub(crate) fn grow(&self, bytes: usize, to: usize) {
        self.memory.fetch_add(bytes as u64, Ordering::Relaxed);
        self.memory_peak.fetch_max(to as u64, Ordering::Relaxed);
    }

    /// An instance of so much is gone.
    pub(crate) fn shrink(&self, bytes: usize) {
        self.memory.fetch_sub(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn live(&self) -> u32 {
        self.live.load(Ordering::Relaxed)
    }

    pub(crate) fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    pub(crate) fn is_listed(&self) -> bool {
        self.is_listed
    }

    pub(crate) fn each_fault(&self, mut visit: impl FnMut((&'static str, &'static str), u64)) {
        self.faults.lock().iter().for_each(|(place, count)| visit(*place, *count));
    }

    pub(crate) fn each_rejected(&self, mut visit: impl FnMut(&'static str, u64)) {
        self.rejected.lock().iter().for_each(|(budget, count)| visit(budget, *count));
    }

    pub(crate) fn each_rung(&self, mut visit: impl FnMut(&'static str, u64)) {
        self.rungs.lock().iter().for_each(|(rung, count)| visit(rung, count.load(Ordering::Relaxed)));
    }

    fn faults_by_kind(&self) -> BTreeMap<String, u64> {
        let mut by_kind = BTreeMap::new();
        self.each_fault(|(_, kind), count| *by_kind.entry(kind.to_owned()).or_default() += count);
        by_kind
    }

    fn usage(&self) -> PluginUsage {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        PluginUsage {
            live: self.live(),
            memory: self.memory(),
            memory_peak: load(&self.memory_peak),
            calls: load(&self.calls),
            fuel: load(&self.fuel),
            micros: load(&self.micros),
            faults: self.faults_by_kind(),
            classes: self.classes.each_ref().map(load),
        }
    }
}

/// The tallies of all versions that were ever used on this node: they outlive a version that is loaded anew.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    known: Mutex<HashMap<PluginId, Arc<Tally>>>,
    /// What accounts use of plugins that are not their own.
    shares: Mutex<HashMap<Owner, HashMap<PluginId, Arc<Tally>>>>,
}

impl Tallies {
    pub(crate) fn get(&self, plugin: &PluginId) -> Arc<Tally> {
        let mut known = self.known.lock();
        if let Some(tally) = known.get(plugin) {
            return Arc::clone(tally);
        }
        if known.len() >= MANY {
            known.retain(|_, tally| Arc::strong_count(tally) > 1);
        }
        let listed = || known.iter().filter(|(_, tally)| tally.is_listed).map(|(plugin, _)| plugin.owner);
        let of_owner = || listed().filter(|owner| *owner == plugin.owner).count();
        let is_listed = listed().count() < LISTED && (plugin.owner == Owner::System || of_owner() < LISTED_OF_ACCOUNT);
        let tally = Arc::new(Tally { is_listed, ..Tally::default() });
        known.insert(plugin.clone(), Arc::clone(&tally));
        tally
    }

    /// What an account uses of a plugin that is not its own.
    pub(crate) fn share(&self, account: Owner, plugin: &PluginId) -> Option<Arc<Tally>> {
        if account == plugin.owner || account == Owner::System {
            return None;
        }
        let mut shares = self.shares.lock();
        if let Some(tally) = shares.get(&account).and_then(|of_account| of_account.get(plugin)) {
            return Some(Arc::clone(tally));
        }
        if shares.len() >= ACCOUNTS {
            shares.retain(|_, of_account| of_account.values().any(|tally| Arc::strong_count(tally) > 1));
        }
        let tally = Arc::<Tally>::default();
        shares.entry(account).or_default().insert(plugin.clone(), Arc::clone(&tally));
        Some(tally)
    }

    /// What accounts have used of an owner's plugin, by account and version.
    pub(crate) fn shares_of(
        &self,
        is_wanted: impl Fn(Owner, &PluginId) -> bool,
    ) -> Vec<(Owner, PluginId, PluginUsage)> {
        let shares = self.shares.lock();
        let each = shares.iter().flat_map(|(account, of)| of.iter().map(|(plugin, tally)| (*account, plugin, tally)));
        let wanted = each.filter(|(account, plugin, _)| is_wanted(*account, plugin));
        wanted.map(|(account, plugin, tally)| (account, plugin.clone(), tally.usage())).collect()
    }

    pub(crate) fn each(&self, mut visit: impl FnMut(&PluginId, &Tally)) {
        self.known.lock().iter().for_each(|(plugin, tally)| visit(plugin, tally));
    }

    /// Forgets versions that are no more.
    pub(crate) fn forget(&self, is_gone: impl Fn(&PluginId) -> bool) {
        self.known.lock().retain(|plugin, _| !is_gone(plugin));
        let mut shares = self.shares.lock();
        shares.values_mut().for_each(|of_account| of_account.retain(|plugin, _| !is_gone(plugin)));
        shares.retain(|_, of_account| !of_account.is_empty());
    }

    pub(crate) fn usage(&self, is_wanted: impl Fn(&PluginId) -> bool) -> Vec<(PluginId, PluginUsage)> {
        let known = self.known.lock();
        let wanted = known.iter().filter(|(plugin, _)| is_wanted(plugin));
        wanted.map(|(plugin, tally)| (plugin.clone(), tally.usage())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_since_is_the_difference() {
        let tally = Tally::default();
        tally.count(Phase::Prepare, Duration::from_secs(1), 1_000);
        tally.count(Phase::Select, Duration::from_micros(3), 10);
        tally.fault(Phase::Select, "trap");
        let before = tally.usage();
        for _ in 0..99 {
            tally.count(Phase::Select, Duration::from_micros(5), 10);
        }
        tally.count(Phase::Select, Duration::from_millis(5), 10);
        tally.fault(Phase::Select, "fuel");
        let since = tally.usage().since(&before);
        assert_eq!((before.calls, before.fuel), (1, 1_010));
        assert_eq!((since.calls, since.fuel, since.mean_micros()), (100, 1_000, Some(54)));
        assert_eq!(since.faults, BTreeMap::from([("fuel".to_owned(), 1)]));
        assert_eq!(since.p99_micros(), Some(8));
    }

    #[test]
    fn what_was_used_on_two_nodes_is_the_sum() {
        let tally = Tally::default();
        tally.count(Phase::Select, Duration::from_micros(3), 10);
        tally.fault(Phase::Select, "trap");
        tally.grow(100, 100);
        let mut sum = tally.usage();
        sum.add(&tally.usage());
        assert_eq!((sum.calls, sum.fuel, sum.micros, sum.memory, sum.memory_peak), (2, 20, 6, 200, 100));
        assert_eq!((sum.faults["trap"], sum.p99_micros()), (2, Some(4)));
    }

    #[test]
    fn however_many_versions_an_account_has_a_few_are_told_one_by_one_until_they_are_forgotten() {
        let (tallies, owner) = (Tallies::default(), Owner::from(strowger_model::AccountId::random()));
        let version = |number: usize| PluginId { owner, name: "a".into(), version: number.to_string() };
        let listed = || {
            let mut listed = 0;
            tallies.each(|_, tally| listed += usize::from(tally.is_listed()));
            listed
        };
        (0..LISTED_OF_ACCOUNT + 5).for_each(|number| drop(tallies.get(&version(number))));
        assert_eq!(listed(), LISTED_OF_ACCOUNT);
        tallies.forget(|plugin| *plugin == version(0));
        assert!(tallies.get(&version(LISTED_OF_ACCOUNT + 5)).is_listed());
        assert_eq!(listed(), LISTED_OF_ACCOUNT);
    }

    #[test]
    fn what_an_account_uses_of_anothers_plugin_is_its_share() {
        let (tallies, plugin) = (Tallies::default(), PluginId::system("order", "1"));
        let account = Owner::from(strowger_model::AccountId::random());
        assert!(tallies.share(Owner::System, &plugin).is_none());
        tallies.share(account, &plugin).unwrap().count(Phase::Select, Duration::from_micros(1), 7);
        let shares = tallies.shares_of(|_, of| of.name == "order");
        assert_eq!((shares.len(), shares[0].0, shares[0].2.fuel), (1, account, 7));
        tallies.forget(|of| *of == plugin);
        assert!(tallies.shares_of(|_, _| true).is_empty());
    }

    #[test]
    fn one_slow_invocation_of_a_few_shows() {
        let tally = Tally::default();
        tally.count(Phase::Event, Duration::from_micros(1), 0);
        tally.count(Phase::Event, Duration::from_millis(1), 0);
        assert_eq!(tally.usage().p99_micros(), Some(1_024));
        assert_eq!(Tally::default().usage().p99_micros(), None);
    }
}
