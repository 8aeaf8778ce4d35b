//! A verdict as people read it: what was expected and not there with a minus, what was there and not expected with a plus.

use std::fmt;

use serde_json::Value;
use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::verdict::{Difference, DroppedBy, Verdict};

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            difference.write(&self.dropped, f)?;
        }
        let told = self.differences.iter().any(|difference| matches!(difference, Difference::Carriers { .. }));
        if told && !self.dropped.is_empty() {
            writeln!(f, "  dropped on the way:")?;
            self.dropped.iter().try_for_each(|dropped| writeln!(f, "      {}  {dropped}", dropped.carrier))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
    }
}

impl fmt::Display for DroppedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by step {}, {}: {}", self.step, self.module, self.reason)
    }
}

impl Difference {
    fn write(&self, dropped: &[DroppedBy], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Carriers { expected, got } => {
                writeln!(f, "  carriers (- expected, + got):")?;
                lists(f, expected, got, |carrier| {
                    let by = dropped.iter().rev().find(|dropped| dropped.carrier == carrier);
                    by.map(|by| format!("  dropped {by}")).unwrap_or_default()
                })
            }
            Self::Endpoints { expected, got } => {
                writeln!(f, "  endpoints (- expected, + got):")?;
                lists(f, expected, got, |_| String::new())
            }
            Self::Field { endpoint, field, expected, got } => {
                writeln!(f, "  endpoints[{endpoint}].{field}:")?;
                writeln!(f, "    - {}\n    + {}", shown(expected), shown(got))
            }
            Self::Dropped { carrier, expected, got } if got.is_empty() => {
                writeln!(f, "  {carrier} is to be dropped because of \"{expected}\": no step drops it")
            }
            Self::Dropped { carrier, expected, got } => {
                writeln!(f, "  reason for dropping {carrier}:\n    - {expected}")?;
                got.iter().try_for_each(|reason| writeln!(f, "    + {reason}"))
            }
            Self::Number { expected, got } => either(f, "corrected number", expected.as_deref(), got.as_deref()),
            Self::Error { expected, got } => either(f, "failure", expected.as_deref(), got.as_deref()),
            Self::Accepted => writeln!(f, "  the chain is to be refused, and can be saved"),
        }
    }
}

fn either(f: &mut fmt::Formatter<'_>, what: &str, expected: Option<&str>, got: Option<&str>) -> fmt::Result {
    let (expected, got) = (expected.unwrap_or("none"), got.unwrap_or("none"));
    writeln!(f, "  {what}:\n    - {expected}\n    + {got}")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "(absent)".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Two lists as one; `because` says why an item that is expected is not there.
fn lists(
    f: &mut fmt::Formatter<'_>,
    expected: &[String],
    got: &[String],
    because: impl Fn(&str) -> String,
) -> fmt::Result {
    let operations = capture_diff_slices(Algorithm::Myers, expected, got);
    for change in operations.iter().flat_map(|operation| operation.iter_changes(expected, got)) {
        let item = change.value();
        match change.tag() {
            ChangeTag::Equal => writeln!(f, "      {item}")?,
            ChangeTag::Delete if got.contains(&item) => writeln!(f, "    - {item}")?,
            ChangeTag::Delete => writeln!(f, "    - {item}{}", because(&item))?,
            ChangeTag::Insert => writeln!(f, "    + {item}")?,
        }
    }
    Ok(())
}
