//! An account's selector rows in memory, joined to a pool by carrier.

use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;
use strowger_model::time::GREGORIAN_OFFSET;
use strowger_sandbox::{Hits, RowSource};

/// The validity of a row without times.
const ALWAYS: (u64, u64) = (0, u64::MAX);

#[derive(Debug, Clone, Copy)]
struct Entry {
    carrier: u32,
    value: f64,
    start: u64,
    stop: u64,
}

impl Entry {
    fn covers(&self, time: u64) -> bool {
        self.start <= time && time <= self.stop
    }
}

/// The rows of one selector name.
#[derive(Default)]
struct NameTable {
    by_selector: HashMap<String, Vec<Entry>>,
    /// Selectors compiled as regular expressions, where they are any.
    expressions: Vec<(Regex, Entry)>,
}

impl NameTable {
    fn entries(&self, time: u64) -> impl Iterator<Item = (&String, &Entry)> {
        let pairs =
            self.by_selector.iter().flat_map(|(selector, list)| list.iter().map(move |entry| (selector, entry)));
        pairs.filter(move |(_, entry)| entry.covers(time))
    }
}

/// All rows of an account whose carrier is in the pool.
#[derive(Default)]
pub(crate) struct RowTable {
    names: HashMap<String, NameTable>,
}

impl RowTable {
    /// Joins rows (their documents) to the carriers of a pool. Rows of unknown carriers are left out.
    pub(crate) fn new<'a>(rows: impl Iterator<Item = &'a Value>, carrier: impl Fn(&str) -> Option<u32>) -> Self {
        let mut table = Self::default();
        for row in rows {
            table.insert(row, &carrier);
        }
        table
    }

    fn insert(&mut self, row: &Value, carrier: &impl Fn(&str) -> Option<u32>) {
        let text = |key: &str| row.get(key).and_then(Value::as_str);
        let (Some(name), Some(selector), Some(resource)) = (text("name"), text("selector"), text("resource")) else {
            return;
        };
        let Some(carrier) = carrier(resource) else { return };
        let value = text("value").and_then(|value| value.parse().ok()).unwrap_or(f64::NAN);
        let start = unix(row.get("start_time")).unwrap_or(ALWAYS.0);
        let stop = unix(row.get("stop_time")).unwrap_or(ALWAYS.1);
        let entry = Entry { carrier, value, start, stop };
        let table = self.names.entry(name.to_owned()).or_default();
        if looks_like_expression(selector)
            && let Ok(expression) = Regex::new(selector)
        {
            table.expressions.push((expression, entry));
        }
        table.by_selector.entry(selector.to_owned()).or_default().push(entry);
    }
}

/// Documents carry Gregorian seconds.
fn unix(time: Option<&Value>) -> Option<u64> {
    let gregorian = time?.as_i64()?;
    Some(u64::try_from(gregorian.saturating_sub(GREGORIAN_OFFSET)).unwrap_or(0))
}

/// Compiling ten thousand plain prefixes as expressions would cost much and say nothing.
fn looks_like_expression(selector: &str) -> bool {
    selector.chars().any(|c| matches!(c, '^' | '$' | '\\' | '[' | '(' | '*' | '?' | '.' | '|' | '{'))
}

fn push(hits: &mut Hits, entry: &Entry, length: usize) {
    hits.push(entry.carrier, u32::try_from(length).unwrap_or(u32::MAX), entry.value);
}

impl RowSource for RowTable {
    fn present(&self, name: &str, time: u64) -> Vec<u32> {
        let table = self.names.get(name);
        let mut carriers: Vec<u32> =
            table.into_iter().flat_map(|table| table.entries(time)).map(|(_, entry)| entry.carrier).collect();
        carriers.sort_unstable();
        carriers.dedup();
        carriers
    }

    fn exact(&self, name: &str, key: &str, time: u64) -> Hits {
        let mut hits = Hits::default();
        let list = self.names.get(name).and_then(|table| table.by_selector.get(key));
        let current = list.into_iter().flatten().filter(|entry| entry.covers(time));
        current.for_each(|entry| push(&mut hits, entry, key.len()));
        hits
    }

    fn prefixes(&self, name: &str, number: &str, time: u64) -> Hits {
        let mut hits = Hits::default();
        let Some(table) = self.names.get(name) else { return hits };
        let number = number.strip_prefix('+').unwrap_or(number);
        let ends = number.char_indices().map(|(start, c)| start + c.len_utf8());
        for prefix in ends.filter_map(|end| number.get(..end)) {
            let list = table.by_selector.get(prefix).into_iter().flatten();
            list.filter(|entry| entry.covers(time)).for_each(|entry| push(&mut hits, entry, prefix.len()));
        }
        hits
    }

    fn matching(&self, name: &str, text: &str, time: u64) -> Hits {
        let mut hits = Hits::default();
        let Some(table) = self.names.get(name) else { return hits };
        let matching = table.expressions.iter().filter(|(regex, entry)| entry.covers(time) && regex.is_match(text));
        matching.for_each(|(regex, entry)| push(&mut hits, entry, regex.as_str().len()));
        let plain =
            table.entries(time).filter(|(selector, _)| !looks_like_expression(selector) && text.contains(*selector));
        plain.for_each(|(selector, entry)| push(&mut hits, entry, selector.len()));
        hits
    }

    fn selectors(&self, name: &str, row: u32, time: u64) -> Vec<String> {
        let table = self.names.get(name);
        let current = table.into_iter().flat_map(|table| table.entries(time));
        current.filter(|(_, entry)| entry.carrier == row).map(|(selector, _)| selector.clone()).collect()
    }

    fn lowest(&self, name: &str, time: u64) -> Hits {
        let mut lowest: HashMap<u32, Entry> = HashMap::new();
        let table = self.names.get(name);
        for (_, entry) in table.into_iter().flat_map(|table| table.entries(time)) {
            let best = lowest.entry(entry.carrier).or_insert(*entry);
            if entry.value < best.value || best.value.is_nan() {
                *best = *entry;
            }
        }
        let mut hits = Hits::default();
        lowest.values().for_each(|entry| push(&mut hits, entry, 0));
        hits
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(rows: &[Value]) -> RowTable {
        RowTable::new(rows.iter(), |id| {
            ["a", "b"].iter().position(|known| *known == id).and_then(|i| u32::try_from(i).ok())
        })
    }

    fn row(resource: &str, selector: &str, value: &str) -> Value {
        json!({"name": "lcr", "resource": resource, "selector": selector, "value": value})
    }

    #[test]
    fn every_prefix_of_the_number_is_found_with_its_length() {
        let table =
            table(&[row("a", "1", "0.3"), row("a", "1512", "0.1"), row("b", "1650", "0.2"), row("x", "1", "9")]);
        let hits = table.prefixes("lcr", "+15125550177", 0);
        assert_eq!(hits, Hits { rows: vec![0, 0], lengths: vec![1, 4], values: vec![0.3, 0.1] });
    }

    #[test]
    fn rows_outside_their_validity_are_not_seen() {
        let mut expired = row("a", "1", "0.3");
        expired["stop_time"] = json!(GREGORIAN_OFFSET + 100);
        let table = table(&[expired]);
        assert_eq!(table.present("lcr", 100), vec![0]);
        assert!(table.present("lcr", 101).is_empty());
    }

    #[test]
    fn a_carrier_is_sorted_by_its_lowest_value() {
        let table = table(&[row("a", "1", "0.3"), row("a", "2", "0.1"), row("a", "3", "none")]);
        assert_eq!(table.lowest("lcr", 0), Hits { rows: vec![0], lengths: vec![0], values: vec![0.1] });
    }
}
