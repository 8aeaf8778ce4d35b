//! What the steps of one decision see of the call: its request, the account's selector rows, and where reasons are put.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

/// Columns of matching selector rows; entry `i` of each belongs together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hits {
    /// Row of the carrier in the pool.
    pub rows: Vec<u32>,
    /// Length of the selector that matched, 0 where nothing was matched.
    pub lengths: Vec<u32>,
    /// The row's value, NaN where it has none.
    pub values: Vec<f64>,
}

impl Hits {
    /// Adds one.
    pub fn push(&mut self, row: u32, length: u32, value: f64) {
        self.rows.push(row);
        self.lengths.push(length);
        self.values.push(value);
    }

    /// Of each carrier the hit with the longest selector; of two that are as long the first.
    fn longest(&self) -> Self {
        let hits = self.rows.iter().zip(&self.lengths).zip(&self.values);
        let mut sorted: Vec<(u32, u32, f64)> = hits.map(|((row, length), value)| (*row, *length, *value)).collect();
        sorted.sort_by_key(|(row, length, _)| (*row, Reverse(*length)));
        sorted.dedup_by_key(|(row, ..)| *row);
        let mut longest = Self::default();
        sorted.into_iter().for_each(|(row, length, value)| longest.push(row, length, value));
        longest
    }
}

/// The selector rows of one account, joined to one pool. `time` is in Unix seconds; only rows valid then are answered.
pub trait RowSource: Send + Sync {
    /// Pool rows that have at least one selector row of that name, ascending.
    fn present(&self, name: &str, time: u64) -> Vec<u32>;
    /// Selector rows whose selector equals `key`.
    fn exact(&self, name: &str, key: &str, time: u64) -> Hits;
    /// Selector rows whose selector is a prefix of `number`.
    fn prefixes(&self, name: &str, number: &str, time: u64) -> Hits;
    /// Selector rows whose selector matches `text` as a regular expression.
    fn matching(&self, name: &str, text: &str, time: u64) -> Hits;
    /// The selectors of one pool row.
    fn selectors(&self, name: &str, row: u32, time: u64) -> Vec<String>;
    /// The lowest value of each pool row.
    fn lowest(&self, name: &str, time: u64) -> Hits;
}

/// No rows at all.
#[derive(Debug, Clone, Copy)]
pub struct NoRows;

impl RowSource for NoRows {
    fn present(&self, _: &str, _: u64) -> Vec<u32> {
        Vec::new()
    }
    fn exact(&self, _: &str, _: &str, _: u64) -> Hits {
        Hits::default()
    }
    fn prefixes(&self, _: &str, _: &str, _: u64) -> Hits {
        Hits::default()
    }
    fn matching(&self, _: &str, _: &str, _: u64) -> Hits {
        Hits::default()
    }
    fn selectors(&self, _: &str, _: u32, _: u64) -> Vec<String> {
        Vec::new()
    }
    fn lowest(&self, _: &str, _: u64) -> Hits {
        Hits::default()
    }
}

/// The fields of a request, found by folded name: case does not count and `-` equals `_`.
#[derive(Debug, Clone, Default)]
pub struct RequestFields {
    fields: Map<String, Value>,
    folded: HashMap<String, String>,
}

impl RequestFields {
    /// Indexes a request.
    #[must_use]
    pub fn new(fields: Map<String, Value>) -> Self {
        let folded = fields.keys().map(|key| (fold(key), key.clone())).collect();
        Self { fields, folded }
    }

    /// All of them as JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(&self.fields).unwrap_or_default()
    }

    /// The field of that name, exact spelling first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).or_else(|| self.fields.get(self.folded.get(&fold(name))?))
    }

    /// A field that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }
}

fn fold(name: &str) -> String {
    name.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// The call to be routed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoutedCall {
    /// The dialled number, normalised to E.164 unless the request bypasses that.
    pub number: String,
    /// The caller id number.
    pub cid_number: Option<String>,
    /// Unix seconds.
    pub time: u64,
}

/// One decision: handed from step to step.
pub struct Decision {
    /// The call.
    pub(crate) call: RoutedCall,
    /// The call's request.
    pub request: Arc<RequestFields>,
    /// The account's selector rows.
    pub rows: Arc<dyn RowSource>,
    /// Unix seconds.
    pub time: u64,
    /// Whether reasons are wanted.
    pub tracing: bool,
    /// Reasons given by the step that runs, by pool row.
    pub(crate) reasons: Vec<(u32, String)>,
    /// What the prefix look-ups found, by name: a chain has few.
    found: Vec<(String, Hits)>,
}

impl Decision {
    /// A decision about to be made.
    #[must_use]
    pub fn new(request: Arc<RequestFields>, rows: Arc<dyn RowSource>, time: u64, tracing: bool) -> Self {
        let call = RoutedCall::default();
        Self { call, request, rows, time, tracing, reasons: Vec::new(), found: Vec::new() }
    }

    /// The call that it is about.
    #[must_use]
    pub fn about(self, call: RoutedCall) -> Self {
        Self { call, ..self }
    }

    /// Prefix look-up that is remembered for [`Decision::values`].
    pub(crate) fn prefixes(&mut self, name: &str, number: &str) -> Hits {
        let hits = self.rows.prefixes(name, number, self.time);
        self.found.retain(|(known, _)| known != name);
        self.found.push((name.to_owned(), hits.clone()));
        hits
    }

    /// One value a carrier to sort by: its longest prefix where an earlier step looked for one, else its lowest value.
    pub(crate) fn values(&self, name: &str) -> Hits {
        match self.found.iter().find(|(known, _)| known == name) {
            Some((_, hits)) => hits.longest(),
            None => self.rows.lowest(name, self.time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_selector_of_each_carrier_counts() {
        let hits = Hits { rows: vec![1, 0, 1, 1], lengths: vec![1, 2, 4, 4], values: vec![0.3, 0.5, 0.1, 0.2] };
        assert_eq!(hits.longest(), Hits { rows: vec![0, 1], lengths: vec![2, 4], values: vec![0.5, 0.1] });
    }

    #[test]
    fn fields_are_found_whatever_their_case_and_hyphens() {
        let fields: Map<String, Value> = serde_json::from_str(r#"{"Account-ID":"a","Flags":["x"]}"#).unwrap();
        let request = RequestFields::new(fields);
        assert_eq!(request.text("account_id"), Some("a"));
        assert!(request.get("FLAGS").is_some_and(Value::is_array));
        assert_eq!(request.get("flag"), None);
    }
}
