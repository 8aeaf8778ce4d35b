//! A task as clients see it.

use serde_json::{Map, Value, json};
use strowger_jobs::tasks::{Action, CATEGORY, FileName, Task};
use strowger_model::Owner;
use strowger_store::Document;

/// What a row of the list tells of a stored task.
const SUMMARY: [&str; 11] = [
    "id",
    "action",
    "file_name",
    "auth_account_id",
    "status",
    "total_count",
    "success_count",
    "failure_count",
    "start_timestamp",
    "end_timestamp",
    "node",
];

/// One row of the list.
pub(super) fn row(document: &Document) -> Value {
    let field = |name: &str| document.body.get(name).filter(|value| !value.is_null()).cloned();
    let mut row: Map<String, Value> =
        SUMMARY.iter().filter_map(|name| Some(((*name).to_owned(), field(name)?))).collect();
    row.insert("category".into(), json!(CATEGORY));
    insert_account(&mut row, document.key.owner);
    if let Some(created) = field("pvt_created") {
        row.insert("created".into(), created.clone());
        row.insert("submit_timestamp".into(), created);
    }
    Value::Object(row)
}

/// One task.
pub(super) fn shown(owner: Owner, task: &Task) -> Value {
    let files: Vec<&str> = task.files().into_iter().map(FileName::name).collect();
    let mode = (task.request.action == Action::Import).then(|| task.request.mode.name());
    let fields = json!({
        "id": task.id,
        "auth_account_id": task.request.auth_account_id,
        "category": CATEGORY,
        "action": task.request.action.name(),
        "mode": mode,
        "file_name": task.request.file_name,
        "status": task.status.name(),
        "total_count": task.total_count,
        "success_count": task.success_count,
        "failure_count": task.failure_count,
        "rows": task.published,
        "created": task.created,
        "submit_timestamp": task.created,
        "start_timestamp": task.start_timestamp,
        "end_timestamp": task.end_timestamp,
        "node": task.node,
        "csvs": files,
        "reason": task.reason,
    });
    let mut fields = fields.as_object().cloned().unwrap_or_default();
    fields.retain(|_, value| !value.is_null());
    insert_account(&mut fields, owner);
    json!({"_read_only": fields, "id": task.id})
}

/// A task that is gone.
pub(super) fn mark_deleted(shown: &mut Value) {
    if let Some(Value::Object(fields)) = shown.get_mut("_read_only") {
        fields.insert("deleted".into(), json!(true));
    }
}

fn insert_account(fields: &mut Map<String, Value>, owner: Owner) {
    if let Owner::Account(account) = owner {
        fields.insert("account_id".into(), json!(account.hex()));
    }
}
