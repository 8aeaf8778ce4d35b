//! Running cases, and comparing what comes out with what was expected.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::chain::{OnError, Step, check_parameters};
use strowger_sandbox::{FaultKind, Module};

use super::file::{Case, Expect, File, read};
use super::question::question;
use super::report::{Difference, Report, Tried};
use crate::measure::{Answer, Question, ask};
use crate::{Kind, KitError, Loaded, Project};

/// Runs the cases of a file, which is shown as `shown`.
///
/// # Errors
/// Where the file cannot be read.
pub async fn run(project: &Project, loaded: &Loaded, path: &Path, shown: &Path) -> Result<Report, KitError> {
    let file = read(path)?;
    let mut cases = Vec::with_capacity(file.cases.len());
    for case in &file.cases {
        let tried = tried(project.kind, &loaded.module, &file, case).await;
        cases.push(Tried { lines: loaded.lines.take(), ..tried });
    }
    Ok(Report { file: shown.display().to_string(), cases, shows_every_line: false })
}

async fn tried(kind: Kind, module: &Arc<Module>, file: &File, case: &Case) -> Tried {
    let question = match question(kind, file, case) {
        Ok(question) => question,
        Err(reason) => return Tried::impossible(&case.name, reason),
    };
    if let Some((path, message)) = refused_by_schema(module, &question) {
        let got = json!({"error": "bad_parameter", "parameter": path, "message": message});
        return Tried {
            differences: of_error(&case.expect, "bad_parameter", Some(&path), &got),
            ..Tried::of(&case.name)
        };
    }
    let answer = ask(module, &question).await;
    Tried {
        differences: differences(&case.expect, &answer),
        prepared: answer.prepared,
        usage: answer.usage,
        ..Tried::of(&case.name)
    }
}

/// What the host refuses by the plugin's own schema before the plugin sees it: the path and what is wrong there.
fn refused_by_schema(module: &Module, question: &Question) -> Option<(String, String)> {
    let parameters = match question {
        Question::Select(select) => serde_json::from_str(&select.parameters).ok()?,
        Question::Format(format) => Value::Object(format.formatters.clone()),
        Question::Event(event) => serde_json::from_str(&event.hook).ok()?,
        Question::Send(_, parameters) | Question::Receive(_, parameters) => serde_json::from_str(parameters).ok()?,
    };
    let step =
        Step { module: String::new(), version: None, parameters, fallbacks: Vec::new(), on_error: OnError::Fail };
    let prefix = format!("{}.", step.path(0));
    let broken = check_parameters(&module.parameters, 0, &step).err()?;
    let first = broken.0.into_iter().next()?;
    Some((first.path.strip_prefix(&prefix).unwrap_or_default().to_owned(), first.message))
}

fn differences(expect: &Expect, answer: &Answer) -> Vec<Difference> {
    match &answer.result {
        Err(fault) => {
            let path = match &fault.kind {
                FaultKind::BadParameter { path, .. } => Some(path.as_str()),
                _ => None,
            };
            let got = json!({"error": fault.kind.name(), "parameter": path, "message": fault.kind.to_string()});
            of_error(expect, fault.kind.name(), path, &got)
        }
        Ok(value) => of_value(expect, value, &answer.reasons),
    }
}

fn of_error(expect: &Expect, kind: &str, path: Option<&str>, got: &Value) -> Vec<Difference> {
    let kind_fits = expect.error.as_deref() == Some(kind);
    let path_fits = expect.parameter.as_deref().is_none_or(|wanted| path == Some(wanted));
    if kind_fits && path_fits {
        return Vec::new();
    }
    let wanted = match &expect.error {
        Some(error) => json!({"error": error, "parameter": expect.parameter}),
        None => json!("an answer"),
    };
    vec![Difference::new("error", wanted, got.clone())]
}

fn of_value(expect: &Expect, value: &Value, reasons: &[(String, String)]) -> Vec<Difference> {
    let mut found = Vec::new();
    if let Some(error) = &expect.error {
        found.push(Difference::new("error", json!({"error": error, "parameter": expect.parameter}), value.clone()));
    }
    let mut compare = |what: &str, wanted: Value, got: Value| {
        if wanted != got {
            found.push(Difference::new(what, wanted, got));
        }
    };
    if let Some(carriers) = &expect.carriers {
        compare("carriers", json!(carriers), value.get("carriers").cloned().unwrap_or_default());
    }
    for (carrier, wanted) in &expect.adjusted {
        compare(&format!("adjustment of {carrier}"), wanted.clone(), adjusted(value, carrier, wanted));
    }
    if let Some(fields) = &expect.fields {
        compare("fields", json!(fields), value.clone());
    }
    if let Some(verbs) = &expect.verbs {
        compare("verbs", json!(verbs), value.clone());
    }
    if expect.goes_on {
        compare("verbs", Value::Null, value.clone());
    }
    let provided = [
        ("accepted", &expect.accepted),
        ("refused", &expect.refused),
        ("incidents", &expect.incidents),
        ("reply", &expect.reply),
    ];
    for (what, wanted) in provided.into_iter().filter_map(|(what, wanted)| Some((what, wanted.as_ref()?))) {
        compare(what, wanted.clone(), named(value.get(what).unwrap_or(value), wanted));
    }
    for (carrier, part) in &expect.reasons {
        let given: Vec<&str> =
            reasons.iter().filter(|(of, _)| of == carrier).map(|(_, reason)| reason.as_str()).collect();
        let part = part.as_str().unwrap_or_default();
        if !given.iter().any(|reason| reason.contains(part)) {
            found.push(Difference::new(&format!("reason of {carrier}"), json!([part]), json!(given)));
        }
    }
    found
}

/// The members of an answer that are asked for, however deep.
fn named(got: &Value, wanted: &Value) -> Value {
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) => {
            let shared = wanted.iter().filter_map(|(name, wanted)| Some((name.clone(), named(got.get(name)?, wanted))));
            Value::Object(shared.collect())
        }
        (Value::Array(got), Value::Array(wanted)) if got.len() == wanted.len() => {
            got.iter().zip(wanted).map(|(got, wanted)| named(got, wanted)).collect()
        }
        (got, _) => got.clone(),
    }
}

/// What a selection changes of a carrier, as far as it is asked for.
fn adjusted(value: &Value, carrier: &str, wanted: &Value) -> Value {
    let changes = value.get("adjustments").and_then(Value::as_array).into_iter().flatten();
    let of_carrier = |change: &&Value| {
        let carriers = change.get("carriers").and_then(Value::as_array);
        carriers.is_some_and(|carriers| carriers.iter().any(|id| id == carrier))
    };
    let merged: serde_json::Map<String, Value> = changes
        .filter(of_carrier)
        .filter_map(Value::as_object)
        .flat_map(|change| change.iter().map(|(name, value)| (name.clone(), value.clone())))
        .filter(|(name, _)| wanted.get(name).is_some())
        .collect();
    Value::Object(merged)
}
