//! What one version of a plugin has used on this node since it started.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::fault::Phase;
use crate::module::PluginId;

/// Classes of time: class `n` holds invocations of less than 2^n microseconds, the last one all longer ones.
const CLASSES: usize = 32;
/// Versions that are remembered although none of them is in use.
const MANY: usize = 20_000;

/// Counted with atomic operations only, faults aside.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) live: AtomicU32,
    pub(crate) memory_peak: AtomicU64,
    calls: AtomicU64,
    fuel: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; CLASSES],
    faults: Mutex<BTreeMap<&'static str, u64>>,
}

/// What a version has used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PluginUsage {
    /// Live instances.
    pub live: u32,
    /// Most bytes of linear memory that one instance has had.
    pub memory_peak: u64,
    /// Invocations: decisions, rewrites, events, messages.
    pub calls: u64,
    /// Units of fuel, preparing included.
    pub fuel: u64,
    /// Microseconds of all invocations.
    pub micros: u64,
    /// Invocations that ended without a result, by why.
    pub faults: BTreeMap<&'static str, u64>,
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
        let faults = self.faults.iter().map(|(kind, count)| (*kind, less(kind, *count)));
        Self {
            calls: self.calls.saturating_sub(before.calls),
            fuel: self.fuel.saturating_sub(before.fuel),
            micros: self.micros.saturating_sub(before.micros),
            faults: faults.filter(|(_, count)| *count > 0).collect(),
            classes,
            ..*self
        }
    }
}

impl Tally {
    pub(crate) fn count(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        self.fuel.fetch_add(fuel, Ordering::Relaxed);
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

    pub(crate) fn fault(&self, kind: &'static str) {
        *self.faults.lock().entry(kind).or_default() += 1;
    }

    fn usage(&self) -> PluginUsage {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        PluginUsage {
            live: self.live.load(Ordering::Relaxed),
            memory_peak: load(&self.memory_peak),
            calls: load(&self.calls),
            fuel: load(&self.fuel),
            micros: load(&self.micros),
            faults: self.faults.lock().clone(),
            classes: self.classes.each_ref().map(load),
        }
    }
}

/// The tallies of all versions that were ever used on this node: they outlive a version that is loaded anew.
#[derive(Debug, Default)]
pub(crate) struct Tallies(Mutex<HashMap<PluginId, Arc<Tally>>>);

impl Tallies {
    pub(crate) fn get(&self, plugin: &PluginId) -> Arc<Tally> {
        let mut known = self.0.lock();
        if known.len() >= MANY {
            known.retain(|_, tally| Arc::strong_count(tally) > 1);
        }
        Arc::clone(known.entry(plugin.clone()).or_default())
    }

    pub(crate) fn usage(&self, is_wanted: impl Fn(&PluginId) -> bool) -> Vec<(PluginId, PluginUsage)> {
        let known = self.0.lock();
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
        tally.fault("trap");
        let before = tally.usage();
        for _ in 0..99 {
            tally.count(Phase::Select, Duration::from_micros(5), 10);
        }
        tally.count(Phase::Select, Duration::from_millis(5), 10);
        tally.fault("fuel");
        let since = tally.usage().since(&before);
        assert_eq!((before.calls, before.fuel), (1, 1_010));
        assert_eq!((since.calls, since.fuel, since.mean_micros()), (100, 1_000, Some(54)));
        assert_eq!(since.faults, BTreeMap::from([("fuel", 1)]));
        assert_eq!(since.p99_micros(), Some(8));
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
