//! What a version has done in each phase, as metrics show it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::fault::Phase;

/// All phases.
pub(crate) const PHASES: [Phase; 8] = [
    Phase::Instantiate,
    Phase::Describe,
    Phase::Prepare,
    Phase::Select,
    Phase::Apply,
    Phase::Event,
    Phase::Send,
    Phase::Receive,
];

/// Upper bounds of the classes of time, in microseconds; beyond the last one is a class of its own.
pub(crate) const BOUNDS: [u64; 10] = [4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/// Invocations of one phase.
#[derive(Debug, Default)]
struct PhaseTally {
    calls: AtomicU64,
    fuel: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; BOUNDS.len()],
}

/// The same at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PhaseCounts {
    pub(crate) calls: u64,
    pub(crate) fuel: u64,
    pub(crate) micros: u64,
    /// Each without those before it.
    pub(crate) classes: [u64; BOUNDS.len()],
}

/// Those of one version.
#[derive(Debug, Default)]
pub(crate) struct Phases([PhaseTally; PHASES.len()]);

impl Phases {
    pub(crate) fn count(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        let place = PHASES.iter().position(|known| *known == phase);
        let Some(tally) = place.and_then(|place| self.0.get(place)) else { return };
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        tally.calls.fetch_add(1, Ordering::Relaxed);
        tally.fuel.fetch_add(fuel, Ordering::Relaxed);
        tally.micros.fetch_add(micros, Ordering::Relaxed);
        let class = BOUNDS.iter().position(|bound| micros <= *bound);
        if let Some(class) = class.and_then(|class| tally.classes.get(class)) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn counts(&self) -> [PhaseCounts; PHASES.len()] {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.0.each_ref().map(|tally| PhaseCounts {
            calls: load(&tally.calls),
            fuel: load(&tally.fuel),
            micros: load(&tally.micros),
            classes: tally.classes.each_ref().map(load),
        })
    }
}

impl PhaseCounts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.fuel = self.fuel.saturating_add(other.fuel);
        self.micros = self.micros.saturating_add(other.micros);
        self.classes.iter_mut().zip(other.classes).for_each(|(sum, more)| *sum = sum.saturating_add(more));
    }
}
