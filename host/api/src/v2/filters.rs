//! Filters of a list: `filter_name=x`, `has_key=media.fax_option`, `created_from=…`. A row is shown where all of them hold of its whole
//! stored document. They may stand in the query, the envelope or its data.

use serde_json::Value;
use strowger_model::Violation;
use strowger_model::document::is_secret;
use strowger_store::{Document, Scan, listing};

use super::error::Error;
use super::request::Request;
use crate::auth::CREDENTIALS;

/// Filters that one request may have.
const MOST: usize = 32;

/// What a request wants of the documents that a list shows.
#[derive(Debug, Default)]
pub(super) struct Filters {
    rules: Vec<Rule>,
    created: Bounds,
    modified: Bounds,
}

/// What must hold at one place of a document.
#[derive(Debug)]
struct Rule {
    /// Keys of objects and, counted from 0, indexes of lists.
    path: Vec<String>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Is(Vec<String>),
    IsNot(Vec<String>),
    HasKey,
    LacksKey,
    HasValue,
    LacksValue,
}

/// Gregorian seconds, both inclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bounds {
    from: Option<i64>,
    to: Option<i64>,
}

impl Filters {
    pub(super) fn of(request: &Request) -> Result<Self, Error> {
        let mut filters = Self::default();
        for (name, value) in request.parameters() {
            filters.add(&name, &value)?;
        }
        if filters.rules.len() > MOST {
            let message = format!("A list has at most {MOST} filters");
            return Err(Violation::new("filter", "maxItems", message).target(MOST).into());
        }
        Ok(filters)
    }

    /// Whether they may leave documents out.
    pub(super) fn is_selective(&self) -> bool {
        !self.rules.is_empty() || self.created != Bounds::default() || self.modified != Bounds::default()
    }

    /// The scan by creation without what is outside of the bounds of it.
    pub(super) fn narrowed(&self, scan: Scan) -> Scan {
        let scan = self.created.from.into_iter().fold(scan, |scan, from| scan.from(listing::by_second(from)));
        let beyond = self.created.to.map(|to| to.saturating_add(1));
        beyond.into_iter().fold(scan, |scan, beyond| scan.until(listing::by_second(beyond)))
    }

    pub(super) fn admit(&self, document: &Document) -> bool {
        self.admit_body(&document.body)
    }

    /// As [`Self::admit`], of what stands for a document.
    pub(super) fn admit_body(&self, body: &Value) -> bool {
        let second = |private: &str, shown: &str| body.get(private).or_else(|| body.get(shown)).and_then(Value::as_i64);
        self.created.admit(second("pvt_created", "created"))
            && self.modified.admit(second("pvt_modified", "modified"))
            && self.rules.iter().all(|rule| rule.holds(body))
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), Violation> {
        match name {
            "created_from" => self.created.from = Some(second(name, value)?),
            "created_to" => self.created.to = Some(second(name, value)?),
            "modified_from" => self.modified.from = Some(second(name, value)?),
            "modified_to" => self.modified.to = Some(second(name, value)?),
            "has_key" => self.rule(value, Test::HasKey),
            "key_missing" => self.rule(value, Test::LacksKey),
            "has_value" => self.rule(value, Test::HasValue),
            "value_missing" | "missing_value" => self.rule(value, Test::LacksValue),
            _ => match (name.strip_prefix("filter_not_"), name.strip_prefix("filter_")) {
                (Some(path), _) => self.rule(path, Test::IsNot(wanted(value))),
                (None, Some(path)) => self.rule(path, Test::Is(wanted(value))),
                (None, None) => {}
            },
        }
        Ok(())
    }

    fn rule(&mut self, path: &str, test: Test) {
        self.rules.push(Rule { path: path.split('.').map(str::to_owned).collect(), test });
    }
}

/// A parameter that is a moment, in Gregorian seconds.
pub(in crate::v2) fn second(name: &str, value: &str) -> Result<i64, Violation> {
    value.parse().map_err(|_| Violation::new(name, "type", "Value must be Gregorian seconds"))
}

/// The texts of which the value must be one.
fn wanted(value: &str) -> Vec<String> {
    match serde_json::from_str(value) {
        Ok(Value::Array(items)) => items.iter().filter_map(text).collect(),
        _ => vec![value.to_owned()],
    }
}

/// A value as it is compared; lists and objects are not.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Bounds {
    fn admit(self, second: Option<i64>) -> bool {
        match (self.from, self.to) {
            (None, None) => true,
            (from, to) => {
                second.is_some_and(|second| from.is_none_or(|from| second >= from) && to.is_none_or(|to| second <= to))
            }
        }
    }
}

impl Rule {
    /// A test that cannot be made leaves the document out, and so does one of a secret: a list tells nothing of those.
    fn holds(&self, body: &Value) -> bool {
        if self.path.iter().any(|key| is_secret(key) || key == CREDENTIALS) {
            return false;
        }
        let found = self.path.iter().try_fold(body, |value, key| below(value, key)).filter(|value| !value.is_null());
        match &self.test {
            Test::Is(wanted) => is_one_of(found, wanted).unwrap_or(false),
            Test::IsNot(wanted) => is_one_of(found, wanted).is_some_and(|is| !is),
            Test::HasKey => found.is_some(),
            Test::LacksKey => found.is_none(),
            Test::HasValue => found.is_some_and(|value| !is_empty(value)),
            Test::LacksValue => found.is_none_or(is_empty),
        }
    }
}

fn below<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        value => value.get(key),
    }
}

/// What is not there is the empty text; a list is each of its items. None where there is nothing to compare.
fn is_one_of(found: Option<&Value>, wanted: &[String]) -> Option<bool> {
    match found {
        None => Some(wanted.iter().any(String::is_empty)),
        Some(Value::Array(items)) => Some(items.iter().filter_map(text).any(|item| wanted.contains(&item))),
        Some(value) => text(value).map(|value| wanted.contains(&value)),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Null | Value::Number(_) | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether the documented carrier is shown under these filters.
    fn shows(filters: &[(&str, &str)]) -> bool {
        let body = json!({
            "id": "c1", "name": "Carrier 3", "weight_cost": 50, "enabled": true, "flags": ["gold", "fax"], "note": "",
            "media": {"audio": {"codecs": []}}, "gateways": [{"server": "a.example", "password": "DrWoody", "username": null}],
            "pvt_created": 100, "pvt_modified": 200,
        });
        let mut wanted = Filters::default();
        filters.iter().for_each(|(name, value)| wanted.add(name, value).unwrap());
        wanted.admit_body(&body)
    }

    #[test]
    fn a_value_is_compared_as_text() {
        for (name, value) in [
            ("filter_name", "Carrier 3"),
            ("filter_weight_cost", "50"),
            ("filter_enabled", "true"),
            ("filter_gateways.0.server", "a.example"),
            ("filter_name", r#"["Carrier 2", "Carrier 3"]"#),
            ("filter_weight_cost", "[50, 60]"),
            ("filter_flags", "fax"),
            ("filter_flags", r#"["fax", "silver"]"#),
        ] {
            assert!(shows(&[(name, value)]), "{name}={value}");
            let opposite = name.replace("filter_", "filter_not_");
            assert!(!shows(&[(&opposite, value)]), "{opposite}={value}");
        }
        for (name, value) in [("filter_name", "carrier 3"), ("filter_weight_cost", "050"), ("filter_flags", "silver")] {
            assert!(!shows(&[(name, value)]), "{name}={value}");
        }
    }

    #[test]
    fn what_is_not_there_is_the_empty_text() {
        assert!(shows(&[("filter_absent", "")]) && shows(&[("filter_gateways.0.username", "")]));
        assert!(!shows(&[("filter_absent", "x")]) && shows(&[("filter_not_absent", "x")]));
    }

    #[test]
    fn what_cannot_be_compared_leaves_the_document_out() {
        assert!(!shows(&[("filter_media", "x")]) && !shows(&[("filter_not_media", "x")]));
    }

    #[test]
    fn keys_and_values_are_there_or_not() {
        for (name, path, expected) in [
            ("has_key", "media.audio.codecs", true),
            ("has_key", "gateways.0.username", false),
            ("has_key", "gateways.1", false),
            ("key_missing", "absent", true),
            ("key_missing", "note", false),
            ("has_value", "name", true),
            ("has_value", "note", false),
            ("has_value", "media.audio.codecs", false),
            ("value_missing", "note", true),
            ("missing_value", "absent", true),
            ("missing_value", "enabled", false),
        ] {
            assert_eq!(shows(&[(name, path)]), expected, "{name}={path}");
        }
    }

    #[test]
    fn times_are_inclusive_and_all_filters_hold() {
        assert!(shows(&[
            ("created_from", "100"),
            ("created_to", "100"),
            ("modified_from", "200"),
            ("modified_to", "200")
        ]));
        assert!(!shows(&[("created_from", "101")]) && !shows(&[("modified_to", "199")]));
        assert!(!shows(&[("filter_name", "Carrier 3"), ("has_key", "absent")]));
        let told = Filters::default().add("created_from", "yesterday").unwrap_err();
        assert_eq!((told.path.as_str(), told.constraint), ("created_from", "type"));
    }

    #[test]
    fn a_list_tells_nothing_of_secrets() {
        for (name, value) in [
            ("filter_gateways.0.password", "DrWoody"),
            ("filter_not_gateways.0.password", "x"),
            ("has_key", "gateways.0.password"),
            ("key_missing", "gateways.0.secret"),
            ("has_key", CREDENTIALS),
        ] {
            assert!(!shows(&[(name, value)]), "{name}={value}");
        }
    }
}
