//! What a rollout has shown on this node.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use strowger_sandbox::Usage;

use super::window::{Call, Window};

/// Differences that are kept.
const KEPT: usize = 20;
/// Characters of an error that are kept.
const ERROR: usize = 300;

/// What one of the two versions has used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Calls that it was asked about.
    pub calls: u64,
    /// Those that it failed.
    pub errors: u64,
    /// Fuel of the others.
    pub fuel: u64,
    /// Microseconds of the others.
    pub micros: u64,
}

impl Used {
    fn answered(&mut self, usage: Usage) {
        self.calls += 1;
        self.fuel = self.fuel.saturating_add(usage.fuel);
        self.micros = self.micros.saturating_add(micros(usage));
    }

    fn failed(&mut self) {
        self.calls += 1;
        self.errors += 1;
    }

    /// Fuel and microseconds of a call that did not fail, on average.
    #[must_use]
    pub fn means(&self) -> (u64, u64) {
        let mean = |sum: u64| sum.checked_div(self.calls - self.errors).unwrap_or(0);
        (mean(self.fuel), mean(self.micros))
    }
}

/// A call of which the shadow made something else.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Unix seconds.
    pub time: u64,
    /// The call, where it has an id.
    pub call: Option<String>,
    /// The number.
    pub number: String,
    /// Ids of the carriers by the active version.
    pub before: Vec<String>,
    /// Ids of the carriers by the shadow.
    pub after: Vec<String>,
    /// Why.
    pub reasons: Vec<String>,
}

/// The figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Of the version that is tried.
    pub candidate: Used,
    /// Of the active one, about the same calls where it is a shadow, about all others where it is a canary.
    pub active: Used,
    /// Errors of the version that is tried, by kind.
    pub errors: BTreeMap<&'static str, u64>,
    /// The last of them.
    pub last_error: Option<String>,
    /// Calls that it could not be asked about because a budget was used up.
    pub rejected: u64,
    /// Answers that were compared.
    pub compared: u64,
    /// Those that were others.
    pub different: u64,
    /// Calls that were to be compared, and were not because there were too many at once.
    pub dropped: u64,
    /// The last differences, the newest first.
    pub differences: VecDeque<Difference>,
}

/// The figures, and what they are judged by.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) figures: Figures,
    pub(super) window: Window,
}

impl Seen {
    pub(super) fn answered(&mut self, usage: Usage, differs: bool) {
        self.figures.candidate.answered(usage);
        self.window.push(Call { failed: false, differs, fuel: usage.fuel, micros: micros(usage) });
    }

    pub(super) fn failed(&mut self, kind: &'static str, error: &str, differs: bool) {
        self.figures.candidate.failed();
        *self.figures.errors.entry(kind).or_default() += 1;
        self.figures.last_error = Some(error.chars().take(ERROR).collect());
        self.window.push(Call { failed: true, differs, fuel: 0, micros: 0 });
    }

    pub(super) fn active_answered(&mut self, usage: Usage) {
        self.figures.active.answered(usage);
    }

    pub(super) fn active_failed(&mut self) {
        self.figures.active.failed();
    }

    pub(super) fn compared(&mut self, difference: Option<Difference>) {
        self.figures.compared += 1;
        let Some(difference) = difference else { return };
        self.figures.different += 1;
        self.figures.differences.push_front(difference);
        self.figures.differences.truncate(KEPT);
    }
}

fn micros(usage: Usage) -> u64 {
    u64::try_from(usage.elapsed.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_the_last_differences_are_kept_and_all_are_counted() {
        let mut seen = Seen::default();
        for time in 0..30 {
            let number = "+1".to_owned();
            let difference =
                Difference { time, call: None, number, before: Vec::new(), after: Vec::new(), reasons: Vec::new() };
            seen.compared(Some(difference));
        }
        seen.compared(None);
        let figures = &seen.figures;
        assert_eq!((figures.compared, figures.different, figures.differences.len()), (31, 30, KEPT));
        assert_eq!(figures.differences.front().map(|newest| newest.time), Some(29));
    }

    #[test]
    fn means_are_of_what_was_answered() {
        let mut seen = Seen::default();
        for fuel in [10, 30] {
            seen.answered(Usage { elapsed: Duration::from_micros(fuel), fuel }, false);
        }
        seen.failed("trap", &"x".repeat(1_000), false);
        assert_eq!((seen.figures.candidate.calls, seen.figures.candidate.means()), (3, (20, 20)));
        assert_eq!(seen.figures.last_error.as_ref().map(String::len), Some(ERROR));
    }
}
