//! Selector rows: what a chain's `database:NAME` looks up.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::schema::Schema;
use crate::{Violations, document};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::embedded(include_str!("../schemas/selector_row.json")));

/// A row, as routing reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectorRow {
    /// All rows of a name are looked up together.
    pub name: String,
    /// What is looked up: a prefix, a flag, an expression.
    pub selector: String,
    /// Id of the carrier resource.
    pub resource: String,
    /// What carriers are ordered by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Gregorian second from which the row counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
    /// Gregorian second until which the row counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_time: Option<i64>,
    /// Keys that the schema does not know: kept, and shown again. The id and the host's own fields are not among them.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl SelectorRow {
    /// The row that a validated document is.
    ///
    /// # Errors
    /// Where it was not validated.
    pub fn from_document(mut document: Map<String, Value>) -> Result<Self, serde_json::Error> {
        document.retain(|key, _| key != "id" && !document::is_private(key));
        serde_json::from_value(Value::Object(document))
    }

    /// The value as a number to order by.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.value.as_deref()?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Whether the row counts at that Gregorian second.
    #[must_use]
    pub fn is_current(&self, gregorian: i64) -> bool {
        self.start_time.is_none_or(|start| start <= gregorian) && self.stop_time.is_none_or(|stop| gregorian <= stop)
    }
}

/// Checks a row that is to be stored. A `value` that is a number is stored as text.
///
/// # Errors
/// Every rule that it breaks.
pub fn validate(row: &mut Map<String, Value>) -> Result<(), Violations> {
    if let Some(value @ Value::Number(_)) = row.get_mut("value") {
        *value = Value::String(value.to_string());
    }
    SCHEMA.validate(row).into_result()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn validated(row: Value) -> Result<Value, Value> {
        let mut row = row.as_object().unwrap().clone();
        validate(&mut row).map(|()| Value::Object(row)).map_err(|violations| violations.to_data())
    }

    #[test]
    fn a_value_may_be_a_number_and_times_may_be_text() {
        let row = json!({"name": "lcr", "selector": "7495", "resource": "RES-4", "value": 0.4, "start_time": "1"});
        let expected = json!({"name": "lcr", "selector": "7495", "resource": "RES-4", "value": "0.4", "start_time": 1});
        assert_eq!(validated(row), Ok(expected));
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let told = validated(json!({"name": "", "selector": 7, "stop_time": "never"})).unwrap_err();
        let mut broken: Vec<_> = told.as_object().unwrap().keys().cloned().collect();
        broken.sort();
        assert_eq!(broken, ["name", "resource", "selector", "stop_time"]);
    }

    #[test]
    fn a_row_counts_between_its_times() {
        let row = json!({"name": "lcr", "selector": "7", "resource": "r", "value": " 0.37", "start_time": 10, "stop_time": 20});
        let row: SelectorRow = serde_json::from_value(row).unwrap();
        assert_eq!([9, 10, 20, 21].map(|second| row.is_current(second)), [false, true, true, false]);
        assert_eq!(row.number(), Some(0.37));
    }
}
