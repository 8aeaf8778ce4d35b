//! Whether two decisions about the same call come out alike, and why not: for replays and for shadows.

use serde_json::{Map, Value, json};
use strowger_sandbox::Adjustment;

use crate::chain::Adjusted;
use crate::pool::Pool;
use crate::trace::{StepFailure, StepTrace};

/// Carriers of a decision that are looked at; a call gives up long before.
const CARRIERS: usize = 64;
/// Reasons of one difference that are told.
const REASONS: usize = 10;

/// What came of a decision.
pub(crate) struct Chosen {
    count: usize,
    carriers: Vec<Value>,
    failure: Option<StepFailure>,
}

impl Chosen {
    pub(crate) fn of(pool: &Pool, rows: &[u32], adjustments: &[Adjustment], failure: Option<&StepFailure>) -> Self {
        Self { count: rows.len(), carriers: carriers(pool, rows, adjustments), failure: failure.cloned() }
    }

    /// Whether the same carriers come in the same order with the same adjustments, or the same failure does.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let kind = |chosen: &Self| chosen.failure.as_ref().map(|failure| failure.kind);
        self.count == other.count && self.carriers == other.carriers && kind(self) == kind(other)
    }

    /// Ids of the carriers.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.carriers.iter().filter_map(|carrier| carrier.get("id")?.as_str().map(ToOwned::to_owned)).collect()
    }

    /// Ids of the carriers that the other one lacks.
    pub(crate) fn beyond(&self, other: &Self) -> Vec<String> {
        let there = other.ids();
        self.ids().into_iter().filter(|id| !there.contains(id)).collect()
    }
}

/// The chosen carriers, in order, each with what the steps changed about it.
pub(crate) fn carriers(pool: &Pool, rows: &[u32], adjustments: &[Adjustment]) -> Vec<Value> {
    let one = |row: &u32| {
        let adjusted = Adjusted::of(*row, adjustments);
        let mut carrier = Map::from_iter([("id".to_owned(), json!(pool.id(*row)))]);
        let texts = [
            ("dialled", adjusted.dialled),
            ("prefix", adjusted.prefix),
            ("suffix", adjusted.suffix),
            ("variant", adjusted.variant),
        ];
        carrier.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
        carrier.extend(adjusted.emergency.map(|flag| ("emergency".to_owned(), json!(flag))));
        carrier.extend(adjusted.weight.map(|weight| ("weight".to_owned(), json!(weight))));
        Value::Object(carrier)
    };
    rows.iter().take(CARRIERS).map(one).collect()
}

/// Why those carriers are not among a decision's, in the words of the steps that dropped them.
pub(crate) fn dropped(word: &str, trace: &[StepTrace], missing: &[String]) -> Vec<String> {
    let of_step = |step: &StepTrace| -> Vec<String> {
        let by = step.plugin.as_deref().unwrap_or(&step.module);
        let dropped = step.dropped.iter().filter(|dropped| missing.contains(&dropped.id));
        dropped.map(|it| format!("{word}: {} dropped by {by}: {}", it.id, it.reason)).collect()
    };
    trace.iter().flat_map(of_step).collect()
}

/// What the steps said of a difference, with what shows by itself; never none.
pub(crate) fn told(mut reasons: Vec<String>, before: &Chosen, after: &Chosen) -> Vec<String> {
    let failures = [("before", before), ("after", after)];
    let failed =
        failures.into_iter().filter_map(|(word, it)| Some(format!("{word}: {}", it.failure.as_ref()?.message)));
    reasons.extend(failed);
    if reasons.is_empty() {
        let (was, is) = (before.ids(), after.ids());
        let reordered = was.len() == is.len() && was != is && before.beyond(after).is_empty();
        let words = match () {
            () if was == is => "the adjustments differ",
            () if reordered => "the order differs",
            () => "the carriers differ",
        };
        reasons.push(words.into());
    }
    reasons.truncate(REASONS);
    reasons
}
