//! What is counted of one installed plugin.

use std::sync::Arc;
use std::time::Duration;

use crate::fault::{FaultKind, Phase};
use crate::tally::Tally;

/// Counts invocations and faults of one version.
pub(crate) struct Meter {
    pub(crate) tally: Arc<Tally>,
}

impl Meter {
    pub(crate) fn new(tally: Arc<Tally>) -> Self {
        Self { tally }
    }

    pub(crate) fn count(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        self.tally.count(phase, elapsed, fuel);
    }

    pub(crate) fn fault(&self, phase: Phase, kind: &FaultKind) {
        self.tally.fault(phase, kind.name());
        if let FaultKind::Overloaded(scarce) = kind {
            self.tally.reject(scarce.name());
        }
    }
}
