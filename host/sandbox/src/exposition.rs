//! The metrics of plugins, in the text format of Prometheus (exposition format 0.0.4).
//!
//! They are told from what is counted anyway, so that the series of a version end when it is forgotten, and there are no more than are
//! bounded here, however many versions a tenant uploads: those beyond are told together, as owner and plugin `other`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::engine::Sandbox;
use crate::phases::{BOUNDS, PHASES, PhaseCounts};
use crate::tally::Tally;

/// The label of what is told together.
const OTHER: &str = "other";

type Counts<K> = BTreeMap<K, u64>;

/// What is told of one version, or of several together.
#[derive(Debug, Default)]
pub(crate) struct Told {
    live: u64,
    memory: u64,
    phases: [PhaseCounts; PHASES.len()],
    faults: Counts<(&'static str, &'static str)>,
    rejected: Counts<&'static str>,
    rungs: Counts<&'static str>,
}

impl Told {
    pub(crate) fn add(&mut self, tally: &Tally) {
        self.live += u64::from(tally.live());
        self.memory += tally.memory();
        self.phases.iter_mut().zip(tally.phases.counts()).for_each(|(sum, more)| sum.add(&more));
        let plus = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        tally.each_fault(|place, count| plus(self.faults.entry(place).or_default(), count));
        tally.each_rejected(|budget, count| plus(self.rejected.entry(budget).or_default(), count));
        tally.each_rung(|rung, count| plus(self.rungs.entry(rung).or_default(), count));
    }
}

impl Sandbox {
    /// The metrics of all plugins on this node.
    #[must_use]
    pub fn exposition(&self) -> String {
        let mut told: BTreeMap<(String, String), Told> = BTreeMap::new();
        self.shared.tallies.each(|plugin, tally| {
            let labels = match tally.is_listed() {
                true => (plugin.owner.to_string(), format!("{}@{}", plugin.name, plugin.version)),
                false => (OTHER.to_owned(), OTHER.to_owned()),
            };
            told.entry(labels).or_default().add(tally);
        });
        let told: Vec<(String, Told)> = told
            .into_iter()
            .map(|((owner, plugin), told)| (format!("owner=\"{owner}\",plugin=\"{plugin}\""), told))
            .collect();
        let mut text = String::new();
        gauges(&mut text, &told);
        phases(&mut text, &told);
        counters(&mut text, &told);
        text
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn line(text: &mut String, name: &str, labels: &str, value: u64) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

fn gauges(text: &mut String, told: &[(String, Told)]) {
    let name = "strowger_plugin_instances";
    family(text, name, "gauge", "Live instances.");
    told.iter().for_each(|(labels, told)| line(text, name, labels, told.live));
    let name = "strowger_plugin_memory_bytes";
    family(text, name, "gauge", "Linear memory of live instances.");
    told.iter().for_each(|(labels, told)| line(text, name, labels, told.memory));
}

fn phases(text: &mut String, told: &[(String, Told)]) {
    let each = || {
        told.iter().flat_map(|(labels, told)| {
            let used = PHASES.iter().zip(&told.phases).filter(|(_, counts)| counts.calls > 0);
            used.map(move |(phase, counts)| (format!("{labels},phase=\"{}\"", phase.name()), counts))
        })
    };
    let name = "strowger_plugin_calls_total";
    family(text, name, "counter", "Invocations.");
    each().for_each(|(labels, counts)| line(text, name, &labels, counts.calls));
    let name = "strowger_plugin_fuel_total";
    family(text, name, "counter", "Units of fuel.");
    each().for_each(|(labels, counts)| line(text, name, &labels, counts.fuel));
    let name = "strowger_plugin_seconds";
    family(text, name, "histogram", "Time of invocations.");
    each().for_each(|(labels, counts)| histogram(text, name, &labels, counts));
}

fn histogram(text: &mut String, name: &str, labels: &str, counts: &PhaseCounts) {
    let mut below = 0;
    for (bound, count) in BOUNDS.iter().zip(counts.classes) {
        below += count;
        let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{}\"}} {below}", seconds(*bound));
    }
    let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", counts.calls.max(below));
    let _ = writeln!(text, "{name}_sum{{{labels}}} {}", seconds(counts.micros));
    let _ = writeln!(text, "{name}_count{{{labels}}} {}", counts.calls.max(below));
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn counters(text: &mut String, told: &[(String, Told)]) {
    let name = "strowger_plugin_faults_total";
    family(text, name, "counter", "Invocations that ended without a result.");
    for (labels, told) in told {
        for ((phase, kind), count) in &told.faults {
            line(text, name, &format!("{labels},phase=\"{phase}\",kind=\"{kind}\""), *count);
        }
    }
    let name = "strowger_plugin_rejected_total";
    family(text, name, "counter", "Invocations that were refused because a budget was used up.");
    for (labels, told) in told {
        told.rejected
            .iter()
            .for_each(|(budget, count)| line(text, name, &format!("{labels},budget=\"{budget}\""), *count));
    }
    let name = "strowger_plugin_rung_total";
    family(text, name, "counter", "Steps by the rung that answered them.");
    for (labels, told) in told {
        told.rungs.iter().for_each(|(rung, count)| line(text, name, &format!("{labels},rung=\"{rung}\""), *count));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::fault::Phase;

    #[test]
    fn a_histogram_counts_all_below_each_bound() {
        let (tally, mut told) = (Tally::default(), Told::default());
        for micros in [3, 4, 5, 2_000_000] {
            tally.count(Phase::Select, Duration::from_micros(micros), 1);
        }
        told.add(&tally);
        let mut text = String::new();
        phases(&mut text, &[("owner=\"o\",plugin=\"p@1\"".into(), told)]);
        for line in [
            "strowger_plugin_calls_total{owner=\"o\",plugin=\"p@1\",phase=\"select\"} 4",
            "strowger_plugin_seconds_bucket{owner=\"o\",plugin=\"p@1\",phase=\"select\",le=\"0.000004\"} 2",
            "strowger_plugin_seconds_bucket{owner=\"o\",plugin=\"p@1\",phase=\"select\",le=\"1.048576\"} 3",
            "strowger_plugin_seconds_bucket{owner=\"o\",plugin=\"p@1\",phase=\"select\",le=\"+Inf\"} 4",
            "strowger_plugin_seconds_sum{owner=\"o\",plugin=\"p@1\",phase=\"select\"} 2.000012",
        ] {
            assert!(text.lines().any(|told| told == line), "{line}\n{text}");
        }
    }

    #[test]
    fn what_was_refused_and_where_it_failed_is_told() {
        let (tally, mut told) = (Tally::default(), Told::default());
        tally.fault(Phase::Apply, "trap");
        tally.reject("account_fuel");
        told.add(&tally);
        let mut text = String::new();
        counters(&mut text, &[("plugin=\"p\"".into(), told)]);
        assert!(
            text.contains("strowger_plugin_faults_total{plugin=\"p\",phase=\"apply\",kind=\"trap\"} 1\n"),
            "{text}"
        );
        assert!(text.contains("strowger_plugin_rejected_total{plugin=\"p\",budget=\"account_fuel\"} 1\n"), "{text}");
    }
}
