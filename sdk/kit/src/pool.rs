//! Carriers and selector rows from documents, as the host hands them to a selector.

use serde_json::{Map, Value};
use strowger_sandbox::{Carrier, Hits, RowSource};

/// The weight that a carrier has by default.
const WEIGHT: u32 = 50;

/// A carrier as the host hands it over; what the document lacks has its schema's default.
pub(crate) fn carrier(document: &Map<String, Value>) -> Carrier {
    let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| {
        let entries = document.get(key).and_then(Value::as_array).into_iter().flatten();
        entries.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let weight = document.get("weight_cost").and_then(Value::as_u64).and_then(|weight| u32::try_from(weight).ok());
    Carrier {
        id: text("id"),
        name: text("name"),
        weight_cost: weight.unwrap_or(WEIGHT),
        flags: list("flags"),
        rules: list("rules"),
        cid_rules: list("cid_rules"),
        document: Value::Object(document.clone()).to_string(),
    }
}

/// A selector row, joined to the pool.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    selector: String,
    carrier: u32,
    value: f64,
    start: u64,
    stop: u64,
}

/// The account's selector rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows(Vec<Row>);

impl Rows {
    /// Rows of documents; those of carriers that are not in the pool are left out, as the host does.
    pub(crate) fn new(documents: &[Map<String, Value>], pool: &[Carrier]) -> Self {
        Self(documents.iter().filter_map(|document| Row::read(document, pool)).collect())
    }

    fn current(&self, name: &str, time: u64) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(move |row| row.name == name && (row.start..=row.stop).contains(&time))
    }
}

impl Row {
    fn read(document: &Map<String, Value>, pool: &[Carrier]) -> Option<Self> {
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let moment = |key: &str| document.get(key).and_then(Value::as_u64);
        let carrier = pool.iter().position(|carrier| carrier.id == text("resource"))?;
        Some(Self {
            name: text("name").into(),
            selector: text("selector").trim_start_matches('+').into(),
            carrier: u32::try_from(carrier).ok()?,
            value: text("value").parse().unwrap_or(f64::NAN),
            start: moment("start_time").unwrap_or(0),
            stop: moment("stop_time").unwrap_or(u64::MAX),
        })
    }
}

fn hits<'r>(rows: impl Iterator<Item = (&'r Row, usize)>) -> Hits {
    let mut hits = Hits::default();
    rows.for_each(|(row, length)| hits.push(row.carrier, u32::try_from(length).unwrap_or(u32::MAX), row.value));
    hits
}

impl RowSource for Rows {
    fn present(&self, name: &str, time: u64) -> Vec<u32> {
        let mut carriers: Vec<u32> = self.current(name, time).map(|row| row.carrier).collect();
        carriers.sort_unstable();
        carriers.dedup();
        carriers
    }

    fn exact(&self, name: &str, key: &str, time: u64) -> Hits {
        hits(self.current(name, time).filter(|row| row.selector == key).map(|row| (row, key.chars().count())))
    }

    fn prefixes(&self, name: &str, number: &str, time: u64) -> Hits {
        let digits = number.trim_start_matches('+');
        let found = self.current(name, time).filter(|row| digits.starts_with(&row.selector));
        hits(found.map(|row| (row, row.selector.chars().count())))
    }

    fn matching(&self, name: &str, text: &str, time: u64) -> Hits {
        let fits = |row: &&Row| regex::Regex::new(&row.selector).is_ok_and(|expression| expression.is_match(text));
        hits(self.current(name, time).filter(fits).map(|row| (row, row.selector.chars().count())))
    }

    fn selectors(&self, name: &str, carrier: u32, time: u64) -> Vec<String> {
        self.current(name, time).filter(|row| row.carrier == carrier).map(|row| row.selector.clone()).collect()
    }

    fn lowest(&self, name: &str, time: u64) -> Hits {
        let mut lowest = Hits::default();
        for carrier in self.present(name, time) {
            let values = self.current(name, time).filter(|row| row.carrier == carrier).map(|row| row.value);
            lowest.push(carrier, 0, values.fold(f64::NAN, f64::min));
        }
        lowest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(json: &str) -> Vec<Map<String, Value>> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn rows_are_joined_to_the_pool_and_looked_up_by_prefix() {
        let pool: Vec<Carrier> =
            documents(r#"[{"id": "a"}, {"id": "b", "weight_cost": 7}]"#).iter().map(carrier).collect();
        assert_eq!((pool[0].weight_cost, pool[1].weight_cost), (50, 7));
        let rows = documents(
            r#"[{"name": "r", "selector": "1512", "resource": "b", "value": "0.2"},
                {"name": "r", "selector": "1", "resource": "a"},
                {"name": "r", "selector": "1", "resource": "gone"}]"#,
        );
        let rows = Rows::new(&rows, &pool);
        let found = rows.prefixes("r", "+15125550177", 0);
        assert_eq!((found.rows, found.lengths), (vec![1, 0], vec![4, 1]));
        assert_eq!(rows.present("r", 0), [0, 1]);
        assert_eq!(rows.lowest("r", 0).rows, [0, 1]);
        assert!(rows.exact("other", "1", 0).rows.is_empty());
    }
}
