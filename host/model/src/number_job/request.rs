//! What a request for a bulk job says, and the rules for it.

use serde_json::{Map, Value};

use crate::document::is_private;
use crate::{Violation, Violations};

/// Most numbers of one job.
pub const MOST_NUMBERS: usize = 100_000;

/// Longest number as it is given, in characters.
const LONGEST_NUMBER: usize = 64;
const LONGEST_NAME: usize = 128;
const LONGEST_RESOURCE: usize = 128;

/// Most bytes of JSON beside the numbers: the job's document is written again with each batch of numbers.
const MOST_BESIDE: usize = 16 << 10;

/// Broken numbers that one reply tells of: a file with a wrong column breaks every number in the same way.
const MOST_FAULTS: usize = 100;

/// Keys that say how a job stands: nobody sends them.
const OWN: [&str; 6] = ["id", "status", "timestamp", "successes", "errors", "progress"];

/// A request for a bulk job that keeps every rule.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberJobRequest {
    /// As they were given.
    pub numbers: Vec<String>,
    /// The carrier resource that they come from.
    pub resource_id: String,
    /// The name, and keys that mean nothing to the host.
    pub fields: Map<String, Value>,
}

impl NumberJobRequest {
    /// Reads the `data` of a request.
    ///
    /// # Errors
    /// Every rule that it breaks; of very many broken numbers the first ones.
    pub fn parse(mut data: Map<String, Value>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let resource_id = data.shift_remove("resource_id");
        let numbers = numbers(data.shift_remove("numbers"), &mut violations);
        let resource_id = text("resource_id", resource_id, LONGEST_RESOURCE, &mut violations);
        if resource_id.is_none() && violations.0.iter().all(|violation| violation.path != "resource_id") {
            violations.push(required("resource_id"));
        }
        if let Some(name) = data.get("name").cloned() {
            text("name", Some(name), LONGEST_NAME, &mut violations);
        }
        data.retain(|key, _| !is_private(key) && !OWN.contains(&key.as_str()));
        let beside = serde_json::to_vec(&data).map_or(0, |json| json.len());
        if beside > MOST_BESIDE {
            let message = format!("A job has at most {MOST_BESIDE} bytes beside its numbers");
            violations.push(Violation::new("data", "maxLength", message).target(MOST_BESIDE));
        }
        violations.into_result()?;
        Ok(Self { numbers, resource_id: resource_id.unwrap_or_default(), fields: data })
    }
}

fn required(path: &str) -> Violation {
    Violation::new(path, "required", "Field is required but missing")
}

fn mistyped(path: impl Into<String>, wanted: &str, value: Value) -> Violation {
    Violation::new(path, "type", format!("Value did not match type(s): {wanted}")).value(value)
}

fn numbers(given: Option<Value>, violations: &mut Violations) -> Vec<String> {
    let items = match given {
        None | Some(Value::Null) => {
            violations.push(required("numbers"));
            return Vec::new();
        }
        Some(Value::Array(items)) => items,
        Some(other) => {
            violations.push(mistyped("numbers", "array", other));
            return Vec::new();
        }
    };
    if items.is_empty() {
        violations.push(Violation::new("numbers", "minItems", "Array must have at least 1 items").target(1));
    }
    if items.len() > MOST_NUMBERS {
        let message = format!("Array must have at most {MOST_NUMBERS} items");
        violations.push(Violation::new("numbers", "maxItems", message).target(MOST_NUMBERS));
        return Vec::new();
    }
    let mut numbers = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        numbers.extend(text(&format!("numbers.{index}"), Some(item), LONGEST_NUMBER, violations));
        if violations.0.len() >= MOST_FAULTS {
            break;
        }
    }
    numbers
}

/// A text of 1 to so many characters; none where it is left out or broken.
fn text(path: &str, given: Option<Value>, longest: usize, violations: &mut Violations) -> Option<String> {
    let text = match given? {
        Value::Null => return None,
        Value::String(text) => text,
        other => {
            violations.push(mistyped(path, "string", other));
            return None;
        }
    };
    let length = text.chars().count();
    if length == 0 {
        violations.push(Violation::new(path, "minLength", "String must be at least 1 characters").target(1));
        return None;
    }
    if length > longest {
        let message = format!("String must not be more than {longest} characters");
        violations.push(Violation::new(path, "maxLength", message).target(longest));
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(data: Value) -> Result<NumberJobRequest, Value> {
        let Value::Object(data) = data else { panic!("an object is asked for") };
        NumberJobRequest::parse(data).map_err(|violations| violations.to_data())
    }

    #[test]
    fn the_documented_request_is_read_and_unknown_keys_are_kept() {
        let data = json!({"numbers": ["+12223334444", "+23334445555"], "resource_id": "r", "name": "n", "mark": {"a": 1},
            "pvt_status": "complete", "_rev": "1", "id": "201408-ab", "successes": {"+1": {}}});
        let request = read(data).unwrap();
        assert_eq!((request.numbers.len(), request.resource_id.as_str()), (2, "r"));
        assert_eq!(Value::Object(request.fields), json!({"name": "n", "mark": {"a": 1}}));
    }

    #[test]
    fn all_broken_rules_are_told_at_once() {
        let data = read(json!({"numbers": ["", 14_158_867_900_i64, "x".repeat(65)], "name": ""})).unwrap_err();
        assert_eq!(data["numbers.0"]["minLength"]["target"], 1);
        assert_eq!(data["numbers.1"]["type"]["value"], json!(14_158_867_900_i64));
        assert_eq!(data["numbers.2"]["maxLength"]["target"], 64);
        assert_eq!(data["resource_id"]["required"]["message"], "Field is required but missing");
        assert!(data["name"]["minLength"].is_object());
        let data = read(json!({"numbers": "all", "resource_id": 1})).unwrap_err();
        assert!(data["numbers"]["type"].is_object() && data["resource_id"]["type"].is_object(), "{data}");
        assert!(read(json!({"resource_id": "r"})).unwrap_err()["numbers"]["required"].is_object());
        assert!(read(json!({"numbers": [], "resource_id": "r"})).unwrap_err()["numbers"]["minItems"].is_object());
    }

    #[test]
    fn a_request_is_bounded() {
        let many = |count: usize| json!({"numbers": vec!["+14158867900"; count], "resource_id": "r"});
        assert!(read(many(MOST_NUMBERS)).is_ok());
        assert_eq!(read(many(MOST_NUMBERS + 1)).unwrap_err()["numbers"]["maxItems"]["target"], MOST_NUMBERS);
        let broken = read(json!({"numbers": vec![1; 10_000], "resource_id": "r"})).unwrap_err();
        assert_eq!(broken.as_object().unwrap().len(), MOST_FAULTS);
        let large = json!({"numbers": ["+14158867900"], "resource_id": "r", "mark": "x".repeat(MOST_BESIDE)});
        assert!(read(large).unwrap_err()["data"]["maxLength"].is_object());
    }
}
