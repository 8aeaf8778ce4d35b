//! From a `rules` array to a chain.

use serde_json::{Map, Value};

use super::fallback::{self, FALLBACK, FALLBACK_PARAMETERS};
use super::{Chain, MAX_PARAMETERS, MAX_STEPS, OnError, Step};
use crate::document::escaped;
use crate::{Violation, Violations};

const MAX_NAME: usize = 64;
const ON_ERROR: &str = "on_error";

/// What may stand beside a step's module.
const BESIDE: [&str; 3] = [ON_ERROR, FALLBACK, FALLBACK_PARAMETERS];

pub(super) fn chain(rules: &Value) -> Result<Chain, Violations> {
    let (steps, violations) = steps(rules);
    violations.into_result().map(|()| Chain { steps: steps.into_iter().map(|(_, step)| step).collect() })
}

/// The steps that can be read, each with its place in the array, and what is wrong with the others.
pub(super) fn steps(rules: &Value) -> (Vec<(usize, Step)>, Violations) {
    let Value::Array(rules) = rules else {
        return (Vec::new(), Violation::new("rules", "type", "A chain is an array of steps").into());
    };
    let mut violations = Violations::default();
    if rules.len() > MAX_STEPS {
        let message = format!("A chain has at most {MAX_STEPS} steps");
        violations.push(Violation::new("rules", "maxItems", message).target(MAX_STEPS));
    }
    let mut steps = Vec::new();
    for (index, rule) in rules.iter().enumerate().take(MAX_STEPS) {
        match step(index, rule) {
            Ok(step) => steps.push((index, step)),
            Err(broken) => violations.0.extend(broken.0),
        }
    }
    (steps, violations)
}

fn step(index: usize, rule: &Value) -> Result<Step, Violations> {
    let Value::Object(rule) = rule else {
        let message = "A step is an object with one key: the module's name";
        return Err(Violation::new(format!("rules.{index}"), "type", message).into());
    };
    let (name, parameters) = single_module(index, rule)?;
    let bounded: String = name.chars().take(2 * MAX_NAME + 2).collect();
    let path = format!("rules.{index}.{}", escaped(&bounded));
    let (module, version) = module_and_version(&path, name)?;
    let Value::Object(parameters) = parameters else {
        return Err(Violation::new(path, "type", "A step's parameters are an object").into());
    };
    let mut parameters = parameters.clone();
    let on_error = on_error(index, &path, rule, &mut parameters)?;
    let fallbacks = fallback::read(index, rule)?;
    let parameters = Value::Object(parameters);
    too_large(&path, &parameters)?;
    Ok(Step { module, version, parameters, fallbacks, on_error })
}

pub(super) fn too_large(path: &str, parameters: &Value) -> Result<(), Violations> {
    if parameters.to_string().len() <= MAX_PARAMETERS {
        return Ok(());
    }
    let message = format!("A step's parameters have at most {MAX_PARAMETERS} bytes");
    Err(Violation::new(path, "maxLength", message).target(MAX_PARAMETERS).into())
}

fn single_module(index: usize, rule: &Map<String, Value>) -> Result<(&String, &Value), Violations> {
    let mut modules = rule.iter().filter(|(key, _)| !BESIDE.contains(&key.as_str()));
    match (modules.next(), modules.next()) {
        (Some(module), None) => Ok(module),
        (None, _) => {
            Err(Violation::new(format!("rules.{index}"), "minProperties", "A step names a module").target(1).into())
        }
        (Some(_), Some(_)) => {
            let message = "A step names one module only";
            Err(Violation::new(format!("rules.{index}"), "maxProperties", message).target(1).into())
        }
    }
}

pub(super) fn module_and_version(path: &str, name: &str) -> Result<(String, Option<String>), Violations> {
    let (module, version) = match name.split_once('@') {
        Some((module, version)) => (module, Some(version)),
        None => (name, None),
    };
    let is_name = |text: &str| {
        let spelled = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
        spelled && (1..=MAX_NAME).contains(&text.len())
    };
    if is_name(module) && version.is_none_or(is_name) {
        return Ok((module.to_owned(), version.map(str::to_owned)));
    }
    let message =
        format!("A module is NAME or NAME@VERSION, each of 1 to {MAX_NAME} letters, digits, '.', '_', '+', '-'");
    Err(Violation::new(path, "wrong_format", message).into())
}

fn on_error(
    index: usize,
    path: &str,
    rule: &Map<String, Value>,
    parameters: &mut Map<String, Value>,
) -> Result<OnError, Violations> {
    let inside = parameters.shift_remove(ON_ERROR);
    let (path, value) = match (rule.get(ON_ERROR), inside) {
        (Some(value), _) => (format!("rules.{index}.{ON_ERROR}"), value.clone()),
        (None, Some(value)) => (format!("{path}.{ON_ERROR}"), value),
        (None, None) => return Ok(OnError::default()),
    };
    serde_json::from_value(value.clone()).map_err(|_| {
        let allowed = Value::from(vec!["fail", "skip", "empty"]);
        Violation::new(path, "enum", "on_error is fail, skip or empty").target(allowed).value(value).into()
    })
}
