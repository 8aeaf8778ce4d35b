//! Selector rows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bindings::imports::rows::Hits;

/// A selector row, joined to the pool.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) selector: String,
    pub(super) carrier: u32,
    pub(super) value: f64,
    start: u64,
    stop: u64,
}

impl Row {
    /// Reads `{name, selector, resource, value?, start_time?, stop_time?}`; `None` where no carrier has that id.
    pub(super) fn read(document: &Value, ids: &[String]) -> Option<Self> {
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let time = |key: &str| document.get(key).and_then(Value::as_u64);
        let carrier = ids.iter().position(|id| id == text("resource"))?;
        Some(Self {
            name: text("name").into(),
            selector: text("selector").into(),
            carrier: u32::try_from(carrier).ok()?,
            value: text("value").parse().unwrap_or(f64::NAN),
            start: time("start_time").unwrap_or(0),
            stop: time("stop_time").unwrap_or(u64::MAX),
        })
    }

    pub(super) fn holds_at(&self, time: u64) -> bool {
        (self.start..=self.stop).contains(&time)
    }
}

/// Rows as columns; each with the length of what it matched.
pub(super) fn hits<'r>(rows: impl Iterator<Item = (&'r Row, usize)>) -> Hits {
    let mut hits = none();
    for (row, length) in rows {
        push(&mut hits, row.carrier, u32::try_from(length).unwrap_or(u32::MAX), row.value);
    }
    hits
}

/// The columns of one hit a carrier.
pub(super) fn by_carrier(carriers: &BTreeMap<u32, (u32, f64)>) -> Hits {
    let mut hits = none();
    for (&carrier, &(length, value)) in carriers {
        push(&mut hits, carrier, length, value);
    }
    hits
}

fn none() -> Hits {
    Hits { rows: Vec::new(), lengths: Vec::new(), values: Vec::new() }
}

fn push(hits: &mut Hits, carrier: u32, length: u32, value: f64) {
    hits.rows.push(carrier);
    hits.lengths.push(length);
    hits.values.push(value);
}
