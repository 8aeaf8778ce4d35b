//! `/resource_selectors/rows`: loads selector rows, all of a request or none.

use std::collections::HashMap;

use serde_json::{Value, json};
use strowger_model::{Violation, Violations};
use strowger_rows::{RowId, SelectorRow};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::selector;

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
    // Off the threads that calls run on: this may take a second.
    let validated = tokio::task::spawn_blocking(move || validated(rows)).await;
    let rows = validated.map_err(|_| Error::Unavailable("the load was interrupted".into()))??;
    let count = rows.len();
    let author = request.origin.author(request.owner, None);
    request.state.rows().put(request.owner, rows, Some(author)).await?;
    Ok(Reply::loaded(json!({"count": count})))
}

/// The rows; of two that mean the same, the later one counts.
fn validated(rows: Vec<Value>) -> Result<Vec<SelectorRow>, Violations> {
    let mut valid: HashMap<RowId, SelectorRow> = HashMap::with_capacity(rows.len());
    let mut violations = Violations::default();
    for (index, row) in rows.into_iter().enumerate() {
        match selector::row(row) {
            Ok(row) => {
                valid.insert(RowId::of(&row), row);
            }
            Err(broken) => violations.0.extend(broken.0.into_iter().map(|violation| at(index, violation))),
        }
        if violations.0.len() >= MOST_FAULTS {
            break;
        }
    }
    violations.into_result().map(|()| valid.into_values().collect())
}

fn at(index: usize, violation: Violation) -> Violation {
    let path = match violation.path.as_str() {
        "" => index.to_string(),
        path => format!("{index}.{path}"),
    };
    Violation { path, ..violation }
}
