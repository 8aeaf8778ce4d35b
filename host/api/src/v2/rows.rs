//! `/resource_selectors/rows`: loads selector rows, all of a request or none.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use strowger_model::{Owner, Violation, Violations, selector_row, time};
use strowger_store::{Expect, Key, Kind, Write};

use super::documents;
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::hex;

/// Rows of one request.
const MOST: usize = strowger_store::MAX_BATCH;

/// Broken rows that one reply tells of; a file with a wrong column breaks every row in the same way.
const MOST_FAULTS: usize = 100;

pub(super) async fn load(mut request: Request) -> Result<Reply, Error> {
    let rows = std::mem::take(&mut request.envelope).into_array()?;
    if rows.is_empty() {
        return Err(Violation::new("data", "minItems", "Array must have at least 1 items").target(1).into());
    }
    if rows.len() > MOST {
        return Err(Violation::new("data", "maxItems", format!("Array must have at most {MOST} items"))
            .target(MOST)
            .into());
    }
    let owner = request.owner;
    // Off the threads that calls run on: this may take a second.
    let prepared = tokio::task::spawn_blocking(move || writes(owner, rows)).await;
    let writes = prepared.map_err(|_| Error::Unavailable("the load was interrupted".into()))??;
    let count = writes.len();
    request.commit(writes).await?;
    Ok(Reply::loaded(json!({"count": count})))
}

fn writes(owner: Owner, rows: Vec<Value>) -> Result<Vec<Write>, Violations> {
    let now = time::gregorian_now();
    Ok(validated(rows)?.into_iter().map(|(id, row)| write(owner, id, row, now)).collect())
}

/// The rows by id: of two that mean the same, the later one counts.
fn validated(rows: Vec<Value>) -> Result<HashMap<String, Map<String, Value>>, Violations> {
    let mut valid = HashMap::with_capacity(rows.len());
    let mut violations = Violations::default();
    for (index, row) in rows.into_iter().enumerate() {
        match validated_row(row) {
            Ok(row) => {
                valid.insert(id(&row), row);
            }
            Err(broken) => violations.0.extend(broken.0.into_iter().map(|violation| at(index, violation))),
        }
        if violations.0.len() >= MOST_FAULTS {
            break;
        }
    }
    violations.into_result().map(|()| valid)
}

fn validated_row(row: Value) -> Result<Map<String, Value>, Violations> {
    let Value::Object(row) = row else {
        return Err(Violation::new("", "type", "Value did not match type(s): object").into());
    };
    let mut row = documents::incoming(row);
    selector_row::validate(&mut row)?;
    Ok(row)
}

fn at(index: usize, violation: Violation) -> Violation {
    let path = match violation.path.as_str() {
        "" => index.to_string(),
        path => format!("{index}.{path}"),
    };
    Violation { path, ..violation }
}

/// What a row is about is its identity, so that loading a file twice leaves each row once.
fn id(row: &Map<String, Value>) -> String {
    let mut hash = Sha256::new();
    for name in ["name", "resource", "selector"] {
        let text = row.get(name).and_then(Value::as_str).unwrap_or_default();
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex::encode(hash.finalize().into_iter().take(16))
}

fn write(owner: Owner, id: String, mut row: Map<String, Value>, now: i64) -> Write {
    row.insert("id".into(), json!(id));
    row.insert("pvt_type".into(), json!("resource_selector"));
    row.insert("pvt_created".into(), json!(now));
    Write::put(Key::new(owner, Kind::SelectorRow, id), Value::Object(row), Expect::Anything)
}
