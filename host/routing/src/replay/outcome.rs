//! What a replay tells.

use serde::Serialize;

use crate::compare::Chosen;
use crate::records::{Decided, Record};

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Replayed {
    /// Decisions that were made again by both chains.
    pub compared: usize,
    /// Those that choose the same carriers, in the same order, with the same adjustments.
    pub same: usize,
    /// Those that do not.
    pub different: usize,
    /// Those of which the trial failed, wholly or in one of its steps; they may be among the different ones too.
    pub failed: usize,
    /// Records that cannot be decided again: their requests were not kept in full, or they went by another way or account.
    pub skipped: usize,
    /// Whether all the records that were asked for were looked at in time.
    pub complete: bool,
    /// Fuel of both.
    pub fuel: Fuel,
    /// The first differences.
    pub differences: Vec<Difference>,
}

/// Fuel that all the decisions took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Fuel {
    /// By the chain of today.
    pub before: u64,
    /// By the trial.
    pub after: u64,
}

/// A decision that the trial makes otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The record's id.
    pub decision: String,
    /// The call.
    pub call: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// Ids of the carriers by the chain of today.
    pub before: Vec<String>,
    /// Ids of the carriers by the trial.
    pub after: Vec<String>,
    /// Why, where a chain says so.
    pub reasons: Vec<String>,
}

impl Replayed {
    /// Counts one; whether the two differ.
    pub(super) fn count(&mut self, before: &Decided, after: &Decided) -> bool {
        self.compared += 1;
        self.fuel.before += before.fuel();
        self.fuel.after += after.fuel();
        let has_failed = after.failure.is_some() || after.trace.iter().any(|step| step.is_degraded());
        self.failed += usize::from(has_failed);
        let same = before.chosen().is_like(&after.chosen());
        if same {
            self.same += 1
        } else {
            self.different += 1
        }
        !same
    }
}

impl Difference {
    pub(super) fn of(record: &Record, (before, after): (&Chosen, &Chosen), reasons: Vec<String>) -> Self {
        Self {
            decision: record.position.to_string(),
            call: record.text("call").map(ToOwned::to_owned),
            number: record.text("number").map(ToOwned::to_owned),
            before: before.ids(),
            after: after.ids(),
            reasons,
        }
    }
}
