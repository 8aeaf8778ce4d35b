//! A plugin and its versions as clients see them.

use serde_json::{Map, Value, json};
use strowger_model::Owner;
use strowger_plugins::{Standing, Summary, Version};
use strowger_sandbox::Capability;

fn names(capabilities: &[Capability]) -> Vec<&'static str> {
    capabilities.iter().map(|capability| capability.name()).collect()
}

/// A row of the list.
pub(super) fn row(summary: &Summary) -> Value {
    let mut row = object(json!({
        "id": summary.name,
        "name": summary.name,
        "kind": summary.kind,
        "summary": summary.summary,
        "active": summary.active.as_ref().map(|active| &active.version),
        "usable": summary.is_usable(),
        "built_in": summary.plugin.is_none(),
        "versions": summary.versions.iter().map(|standing| &standing.version).collect::<Vec<_>>(),
        "capabilities": names(&summary.capabilities),
    }));
    insert_account(&mut row, summary.owner);
    Value::Object(row)
}

/// One plugin.
pub(super) fn plugin(summary: &Summary) -> Value {
    let Value::Object(mut fields) = row(summary) else { return Value::Null };
    fields.insert("parameters".into(), summary.parameters.clone());
    fields.insert("versions".into(), summary.versions.iter().map(standing).collect());
    if let Some(plugin) = &summary.plugin {
        fields.insert("grants".into(), json!(plugin.grants));
        fields.insert("limits".into(), json!(plugin.limits));
        fields.insert("pending".into(), json!(plugin.pending));
        fields.insert("history".into(), json!(plugin.history));
        fields.insert("_read_only".into(), json!({"created": plugin.created, "modified": plugin.modified}));
    }
    Value::Object(fields)
}

fn standing(standing: &Standing) -> Value {
    json!({
        "version": standing.version,
        "status": standing.status,
        "missing_grants": names(&standing.missing),
        "digest": standing.digest,
        "size": standing.size,
        "created": standing.created,
    })
}

/// One version, with its verdict once there is one.
pub(super) fn version(owner: Owner, version: &Version, missing: &[Capability]) -> Value {
    let mut fields = object(json!({
        "id": version.id(),
        "name": version.name,
        "version": version.version,
        "status": version.status,
        "activate": version.activate,
        "missing_grants": names(missing),
        "digest": version.component.digest,
        "size": version.component.size,
        "_read_only": {"created": version.created},
    }));
    if let Some(verdict) = &version.verdict {
        fields.insert("verdict".into(), json!(verdict));
    }
    insert_account(&mut fields, owner);
    Value::Object(fields)
}

/// What is gone.
pub(super) fn deleted(mut shown: Value) -> Value {
    if let Some(fields) = shown.get_mut("_read_only").and_then(Value::as_object_mut) {
        fields.insert("deleted".into(), json!(true));
    }
    shown
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn insert_account(fields: &mut Map<String, Value>, owner: Owner) {
    if let Owner::Account(account) = owner {
        fields.insert("account_id".into(), json!(account.hex()));
    }
}
