//! What answers in the place of a step that fails: `fallback` and `fallback_parameters` beside it.

use std::fmt;

use serde_json::{Map, Value};

use super::Step;
use super::parse::{module_and_version, too_large};
use crate::{Violation, Violations};

/// Most fallbacks that one step may have.
pub const MAX_FALLBACKS: usize = 4;

pub(super) const FALLBACK: &str = "fallback";
pub(super) const FALLBACK_PARAMETERS: &str = "fallback_parameters";

/// A selector plugin that is asked where the step, and every fallback before it, failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Fallback {
    /// The plugin's name.
    pub module: String,
    /// The version it is pinned to; `None` is the active one.
    pub version: Option<String>,
    /// Its own parameters; those of the step where it has none.
    pub parameters: Option<Value>,
}

impl Fallback {
    /// What it is told.
    #[must_use]
    pub fn parameters_of<'a>(&'a self, step: &'a Step) -> &'a Value {
        self.parameters.as_ref().unwrap_or(&step.parameters)
    }

    /// Where the fallback of that place among a step's lies in a document, or the parameters that it has beside it.
    #[must_use]
    pub fn path(step: &Step, step_index: usize, place: usize) -> String {
        match step.fallbacks.as_slice() {
            [only] if only.parameters.is_some() => format!("rules.{step_index}.{FALLBACK_PARAMETERS}"),
            [_] => format!("rules.{step_index}.{FALLBACK}"),
            _ => format!("rules.{step_index}.{FALLBACK}.{place}"),
        }
    }
}

/// As a chain names it: `name` or `name@version`.
impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.module)?;
        self.version.iter().try_for_each(|version| write!(f, "@{version}"))
    }
}

/// Reads what stands beside a step: a name, or a list of names and of objects `{name: parameters}`.
pub(super) fn read(index: usize, rule: &Map<String, Value>) -> Result<Vec<Fallback>, Violations> {
    let path = format!("rules.{index}.{FALLBACK}");
    let own = parameters(index, rule)?;
    match (rule.get(FALLBACK), own) {
        (None, None) => Ok(Vec::new()),
        (Some(Value::String(name)), own) => Ok(vec![named(&path, name, own)?]),
        (Some(Value::Array(list)), None) => listed(&path, list),
        (Some(Value::Array(_)) | None, Some(_)) => {
            let message = "fallback_parameters belong to one fallback, which is named by text";
            Err(Violation::new(format!("rules.{index}.{FALLBACK_PARAMETERS}"), "dependentRequired", message).into())
        }
        (Some(other), _) => Err(shape(&path, other)),
    }
}

fn listed(path: &str, list: &[Value]) -> Result<Vec<Fallback>, Violations> {
    if list.len() > MAX_FALLBACKS {
        let message = format!("A step has at most {MAX_FALLBACKS} fallbacks");
        return Err(Violation::new(path, "maxItems", message).target(MAX_FALLBACKS).into());
    }
    list.iter().enumerate().map(|(place, item)| listed_one(&format!("{path}.{place}"), item)).collect()
}

fn listed_one(path: &str, item: &Value) -> Result<Fallback, Violations> {
    let only = item.as_object().filter(|step| step.len() == 1).and_then(|step| step.iter().next());
    match (item, only) {
        (Value::String(name), _) => named(path, name, None),
        (_, Some((name, own @ Value::Object(_)))) => {
            too_large(path, own)?;
            named(path, name, Some(own.clone()))
        }
        _ => Err(shape(path, item)),
    }
}

fn named(path: &str, name: &str, parameters: Option<Value>) -> Result<Fallback, Violations> {
    let (module, version) = module_and_version(path, name)?;
    Ok(Fallback { module, version, parameters })
}

fn shape(path: &str, given: &Value) -> Violations {
    let message = "A fallback is NAME or NAME@VERSION, or an object with that one key and its parameters";
    Violation::new(path, "type", message).value(given.clone()).into()
}

fn parameters(index: usize, rule: &Map<String, Value>) -> Result<Option<Value>, Violations> {
    let path = format!("rules.{index}.{FALLBACK_PARAMETERS}");
    match rule.get(FALLBACK_PARAMETERS) {
        None => Ok(None),
        Some(own @ Value::Object(_)) => too_large(&path, own).map(|()| Some(own.clone())),
        Some(_) => Err(Violation::new(path, "type", "A fallback's parameters are an object").into()),
    }
}

/// Writes them as [`read`] reads them, in the shortest form.
pub(super) fn write(fallbacks: &[Fallback], rule: &mut Map<String, Value>) {
    match fallbacks {
        [] => {}
        [only] => {
            rule.insert(FALLBACK.into(), only.to_string().into());
            rule.extend(only.parameters.clone().map(|own| (FALLBACK_PARAMETERS.to_owned(), own)));
        }
        many => {
            let item = |fallback: &Fallback| match &fallback.parameters {
                Some(own) => Value::Object(Map::from_iter([(fallback.to_string(), own.clone())])),
                None => fallback.to_string().into(),
            };
            rule.insert(FALLBACK.into(), many.iter().map(item).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Chain, MAX_PARAMETERS};
    use super::*;

    fn parsed(rule: &Value) -> Result<Step, Value> {
        let chain = Chain::parse(&json!([rule])).map_err(|violations| violations.to_data())?;
        Ok(chain.steps.into_iter().next().unwrap())
    }

    #[test]
    fn a_fallback_takes_the_parameters_of_its_step_or_its_own() {
        let same = parsed(&json!({"mine@2": {"a": 1}, "fallback": "mine@1"})).unwrap();
        let candidates: Vec<_> = same.candidates().map(|(name, told)| (name, told.clone())).collect();
        assert_eq!(candidates, [("mine@2".to_owned(), json!({"a": 1})), ("mine@1".to_owned(), json!({"a": 1}))]);
        let own = json!({"mine": {"a": 1}, "fallback": "order", "fallback_parameters": {"value": "x"}});
        let own = parsed(&own).unwrap();
        assert_eq!(own.fallbacks[0].parameters_of(&own), &json!({"value": "x"}));
    }

    #[test]
    fn fallbacks_are_read_as_they_are_written() {
        for rule in [
            json!({"a": {}, "fallback": "b@1"}),
            json!({"a": {}, "on_error": "skip", "fallback": "b", "fallback_parameters": {"x": 1}}),
            json!({"a": {}, "fallback": ["a@1", {"b": {"x": 1}}, "c"]}),
        ] {
            let chain = Chain::parse(&json!([rule])).unwrap();
            assert_eq!(chain.to_rules(), json!([rule]));
        }
    }

    #[test]
    fn what_is_no_fallback_is_told_with_its_path() {
        let large = json!({"x": "y".repeat(MAX_PARAMETERS)});
        for (beside, expected) in [
            (json!({"fallback": 7}), "rules.0.fallback"),
            (json!({"fallback": "a b"}), "rules.0.fallback"),
            (json!({"fallback": ["b", 7]}), "rules.0.fallback.1"),
            (json!({"fallback": [{"b": 7}]}), "rules.0.fallback.0"),
            (json!({"fallback": [{"b": {}, "c": {}}]}), "rules.0.fallback.0"),
            (json!({"fallback": ["b", "b", "b", "b", "b"]}), "rules.0.fallback"),
            (json!({"fallback_parameters": {}}), "rules.0.fallback_parameters"),
            (json!({"fallback": ["b"], "fallback_parameters": {}}), "rules.0.fallback_parameters"),
            (json!({"fallback": "b", "fallback_parameters": 7}), "rules.0.fallback_parameters"),
            (json!({"fallback": "b", "fallback_parameters": large}), "rules.0.fallback_parameters"),
        ] {
            let mut rule = json!({"a": {}});
            rule.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
            let told = parsed(&rule).unwrap_err();
            let paths: Vec<_> = told.as_object().unwrap().keys().collect();
            assert_eq!(paths, [expected], "{beside}");
        }
    }
}
