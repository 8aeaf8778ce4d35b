//! What a request asks of plugins.

use serde_json::{Map, Value, json};
use strowger_model::{Violation, Violations, patch};
use strowger_plugins::{Change, Summary};
use strowger_sandbox::Grants;

use crate::v2::error::Error;
use crate::v2::request::Request;

/// An upload.
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) activate: Option<bool>,
}

pub(super) fn upload(request: &Request) -> Result<Upload, Violations> {
    let required = |field: &str| {
        let given = request.query.get(field).filter(|given| !given.is_empty()).map(ToOwned::to_owned);
        given.ok_or_else(|| Violation::new(field, "required", "Field is required but missing"))
    };
    let (name, version) = (required("name"), required("version"));
    let activate = request.query.get("activate").map(switch).transpose();
    match (name, version, activate) {
        (Ok(name), Ok(version), Ok(activate)) => Ok(Upload { name, version, activate }),
        (name, version, activate) => {
            Err(Violations([name.err(), version.err(), activate.err()].into_iter().flatten().collect()))
        }
    }
}

fn switch(given: &str) -> Result<bool, Violation> {
    match given {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Violation::new("activate", "type", "Value did not match type(s): boolean").value(given)),
    }
}

/// A change: `active`, `grants`, each left as it is where it is left out. Grants are merged into those that there are.
pub(super) fn change(mut data: Map<String, Value>, before: &Summary) -> Result<Change, Error> {
    let active = data.shift_remove("active").map(version).transpose()?;
    let grants = data.shift_remove("grants").map(|asked| grants(asked, before)).transpose()?;
    if let Some(field) = data.keys().find(|field| *field != "id" && *field != "name") {
        let known = Value::from(vec!["active", "grants"]);
        return Err(Violation::new(field.as_str(), "unknown", "Only these fields can be changed").target(known).into());
    }
    Ok(Change { active, grants })
}

fn version(given: Value) -> Result<Option<String>, Violation> {
    match given {
        Value::Null => Ok(None),
        Value::String(version) => Ok(Some(version)),
        other => Err(Violation::new("active", "type", "Value did not match type(s): string, null").value(other)),
    }
}

fn grants(asked: Value, before: &Summary) -> Result<Grants, Violations> {
    let kept = before.plugin.as_ref().map(|plugin| plugin.grants.clone()).unwrap_or_default();
    let mut merged = json!({"grants": kept});
    patch::merge(&mut merged, json!({"grants": asked}));
    let Some(merged) = merged.get("grants") else { return Ok(Grants::default()) };
    Grants::read(merged).map_err(|Violations(broken)| {
        let below = |path: &str| if path.is_empty() { "grants".into() } else { format!("grants.{path}") };
        Violations(broken.into_iter().map(|rule| Violation { path: below(&rule.path), ..rule }).collect())
    })
}
