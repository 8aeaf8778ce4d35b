//! Jobs as clients see them.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use strowger_jobs::numbers::{NumberJob, Outcomes};
use strowger_model::document::public;
use strowger_model::number_job::{NumberJobId, NumberJobRequest};

/// A row of the list. Its `timestamp` tells when the job last got on, that of the job when it was made.
pub(super) fn row(job: &NumberJob) -> Value {
    let mut row = json!({
        "id": job.id,
        "timestamp": job.modified,
        "status": job.status,
        "failures": job.errors,
        "successes": job.successes,
        "resource_id": job.resource_id,
    });
    if let Value::Object(fields) = &mut row {
        fields.extend(job.fields.get("name").map(|name| ("name".to_owned(), name.clone())));
        fields.extend(progress(job));
    }
    row
}

/// How far a job is that is not over.
fn progress(job: &NumberJob) -> Option<(String, Value)> {
    (!job.status.is_final()).then(|| ("progress".to_owned(), json!(job.progress())))
}

/// The answer to the request that makes a job.
pub(super) fn created(asked: &NumberJobRequest) -> Map<String, Value> {
    let mut shown = asked.fields.clone();
    shown.insert("resource_id".into(), json!(asked.resource_id));
    shown.insert("numbers".into(), json!(asked.numbers));
    shown.insert("errors".into(), json!({}));
    shown.insert("successes".into(), json!({}));
    shown
}

pub(super) fn with_id(mut shown: Map<String, Value>, id: &NumberJobId) -> Map<String, Value> {
    shown.insert("id".into(), json!(id));
    shown
}

/// A job and its numbers, as JSON text.
pub(super) fn whole(job: &NumberJob, outcomes: Outcomes) -> Vec<Bytes> {
    let mut shown = public(&job.fields);
    shown.insert("id".into(), json!(job.id));
    shown.insert("resource_id".into(), json!(job.resource_id));
    shown.insert("status".into(), json!(job.status));
    shown.insert("timestamp".into(), json!(job.created));
    shown.extend(progress(job));
    let mut head = Value::Object(shown).to_string();
    // It goes on with the numbers.
    head.pop();
    let member = |name: &'static str, value: Vec<u8>| [Bytes::from_static(name.as_bytes()), Bytes::from(value)];
    let pieces = [
        member(",\"numbers\":", outcomes.numbers),
        member(",\"successes\":", outcomes.successes),
        member(",\"errors\":", outcomes.errors),
    ];
    let end = Bytes::from_static(b"}");
    [Bytes::from(head)].into_iter().chain(pieces.into_iter().flatten()).chain([end]).collect()
}
