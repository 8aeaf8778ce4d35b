//! The items of a request, before anything stored is looked at.

use std::collections::HashSet;

use serde_json::{Map, Value};
use strowger_model::{Violation, Violations};
use uuid::Uuid;

use super::super::documents;
use super::super::resources::acceptable_id;
use super::Mode;
use super::refusals::{Refusal, Refusals};

/// Items of one request.
const MOST: usize = 10_000;

/// Characters of an id by which an item is refused.
const LONGEST_NAME: usize = 128;

/// One item.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: String,
    /// Whether the client gave it its id.
    pub(super) is_named: bool,
    /// Its fields as JSON: as a value they would take ten times the memory, for as long as the request takes.
    pub(super) text: String,
}

/// The items whose ids are known, and what is wrong with the others.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) items: Vec<Item>,
    pub(super) refusals: Refusals,
}

/// The values, if one request may have so many.
pub(super) fn counted(values: Vec<Value>) -> Result<Vec<Value>, Violations> {
    match values.len() {
        1..=MOST => Ok(values),
        0 => Err(Violation::new("data", "minItems", "Array must have at least 1 items").target(1).into()),
        _ => {
            let message = format!("Array must have at most {MOST} items");
            Err(Violation::new("data", "maxItems", message).target(MOST).into())
        }
    }
}

impl Items {
    /// Each value is gone when its item is made.
    pub(super) fn read(values: Vec<Value>, mode: Mode) -> Self {
        let mut read = Self::default();
        let mut ids = HashSet::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            match item(index, value, mode) {
                Ok(item) if ids.insert(item.id.clone()) => read.items.push(item),
                Ok(item) => {
                    let message = "Another item of the request has the same id";
                    let twice = Violation::new("id", "unique", message);
                    read.refusals = read.refusals.with(item.id, Refusal::Broken(twice.into()));
                }
                Err((name, refusal)) => read.refusals = read.refusals.with(name, refusal),
            }
        }
        read
    }
}

fn item(index: usize, value: Value, mode: Mode) -> Result<Item, (String, Refusal)> {
    // No id has this character, so that the item's place is not taken for one.
    let place = format!("#{index}");
    let Value::Object(fields) = value else {
        let violation = Violation::new("data", "type", "Value did not match type(s): object");
        return Err((place, Refusal::Broken(violation.into())));
    };
    let (id, is_named) = match fields.get("id").filter(|id| !id.is_null()) {
        Some(given) => (acceptable_id(given).map_err(|violation| refused(place, given, mode, violation))?, true),
        None if mode == Mode::Create => (Uuid::new_v4().simple().to_string(), false),
        None => {
            let missing = Violation::new("id", "required", "Field is required but missing");
            return Err((place, Refusal::Broken(missing.into())));
        }
    };
    Ok(Item { id, is_named, text: text(fields) })
}

/// An item is refused by the id that it has, even where that cannot be one.
fn refused(place: String, given: &Value, mode: Mode, violation: Violation) -> (String, Refusal) {
    match given.as_str() {
        Some(id) if !id.is_empty() => {
            let refusal = if mode == Mode::Merge { Refusal::Missing } else { Refusal::Broken(violation.into()) };
            (id.chars().take(LONGEST_NAME).collect(), refusal)
        }
        _ => (place, Refusal::Broken(violation.into())),
    }
}

fn text(fields: Map<String, Value>) -> String {
    Value::Object(documents::incoming(fields)).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(values: Value, mode: Mode) -> (Vec<String>, Value) {
        let Value::Array(values) = values else { panic!("no array") };
        let Items { items, refusals } = Items::read(values, mode);
        (items.into_iter().map(|item| item.id).collect(), Value::Object(refusals.into_errors()))
    }

    #[test]
    fn there_is_one_item_at_least_and_so_many_at_most() {
        assert_eq!(counted(Vec::new()).unwrap_err().0[0].constraint, "minItems");
        assert_eq!(counted(vec![Value::Null; 10_000]).map(|values| values.len()), Ok(10_000));
        assert_eq!(counted(vec![Value::Null; 10_001]).unwrap_err().0[0].constraint, "maxItems");
    }

    #[test]
    fn new_items_may_go_without_an_id_and_others_may_not() {
        let (ids, errors) = read(json!([{"name": "a"}, {"id": null}, {"id": "c"}]), Mode::Create);
        assert_eq!((ids.len(), ids[0].len(), ids[2].as_str(), errors), (3, 32, "c", json!({})));
        let (ids, errors) = read(json!([{"name": "a"}, {"id": "c"}]), Mode::Merge);
        assert_eq!(ids, ["c"]);
        assert!(errors["#0"]["id"]["required"].is_object(), "{errors}");
    }

    #[test]
    fn what_cannot_be_an_item_is_refused_by_its_id_or_its_place() {
        let (_, errors) = read(json!([7, {"id": 7}, {"id": "a/b"}, {"id": "jobs"}, {"id": ""}]), Mode::Create);
        assert!(errors["#0"]["data"]["type"].is_object() && errors["#1"]["id"]["type"].is_object(), "{errors}");
        assert!(errors["a/b"]["id"]["wrong_format"].is_object() && errors["jobs"]["id"]["forbidden"].is_object());
        assert!(errors["#4"]["id"]["wrong_format"].is_object(), "{errors}");
        let (_, errors) = read(json!([{"id": "a/b"}]), Mode::Merge);
        assert_eq!(errors, json!({"a/b": "resource does not exist"}));
    }

    #[test]
    fn of_two_items_with_one_id_the_later_one_is_refused() {
        let (ids, errors) = read(json!([{"id": "a"}, {"id": "a"}]), Mode::Merge);
        assert_eq!(ids, ["a"]);
        assert!(errors["a"]["id"]["unique"].is_object(), "{errors}");
    }

    #[test]
    fn an_item_has_none_of_the_hosts_fields() {
        let items = Items::read(vec![json!({"id": "a", "pvt_type": "x", "_rev": 1, "name": "n"})], Mode::Create).items;
        assert_eq!(items[0].text, r#"{"name":"n"}"#);
    }
}
