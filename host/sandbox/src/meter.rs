//! Metrics of one installed plugin, registered once so that an invocation only adds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};
use parking_lot::Mutex;
use strowger_model::Owner;

use crate::fault::{FaultKind, Phase};
use crate::tally::Tally;

/// Counters and histograms of one plugin.
pub(crate) struct Meter {
    owner: String,
    plugin: String,
    phases: [PhaseMeter; 8],
    faults: Mutex<HashMap<(Phase, &'static str), Counter>>,
    pub(crate) tally: Arc<Tally>,
}

struct PhaseMeter {
    phase: Phase,
    calls: Counter,
    fuel: Counter,
    seconds: Histogram,
}

const PHASES: [Phase; 8] = [
    Phase::Instantiate,
    Phase::Describe,
    Phase::Prepare,
    Phase::Select,
    Phase::Apply,
    Phase::Event,
    Phase::Send,
    Phase::Receive,
];

impl Meter {
    pub(crate) fn new(owner: Owner, plugin: &str, tally: Arc<Tally>) -> Self {
        let owner = owner.to_string();
        let phases = PHASES.map(|phase| PhaseMeter {
            phase,
            calls: counter!("strowger_plugin_calls_total", "owner" => owner.clone(), "plugin" => plugin.to_owned(), "phase" => phase.name()),
            fuel: counter!("strowger_plugin_fuel_total", "owner" => owner.clone(), "plugin" => plugin.to_owned(), "phase" => phase.name()),
            seconds: histogram!("strowger_plugin_seconds", "owner" => owner.clone(), "plugin" => plugin.to_owned(), "phase" => phase.name()),
        });
        Self { owner, plugin: plugin.to_owned(), phases, faults: Mutex::default(), tally }
    }

    pub(crate) fn count(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        self.tally.count(phase, elapsed, fuel);
        if let Some(meter) = self.phases.iter().find(|meter| meter.phase == phase) {
            meter.calls.increment(1);
            meter.fuel.increment(fuel);
            meter.seconds.record(elapsed.as_secs_f64());
        }
    }

    pub(crate) fn fault(&self, phase: Phase, kind: &FaultKind) {
        self.tally.fault(kind.name());
        if let FaultKind::Overloaded(scarce) = kind {
            let labels =
                [("owner", self.owner.clone()), ("plugin", self.plugin.clone()), ("budget", scarce.name().into())];
            counter!("strowger_plugin_rejected_total", &labels).increment(1);
        }
        let mut faults = self.faults.lock();
        let faults = faults.entry((phase, kind.name())).or_insert_with(|| {
            counter!("strowger_plugin_faults_total",
                "owner" => self.owner.clone(), "plugin" => self.plugin.clone(), "phase" => phase.name(), "kind" => kind.name())
        });
        faults.increment(1);
    }
}
