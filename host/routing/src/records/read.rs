//! Reading records.

use serde_json::Value;
use strowger_model::{Owner, time};
use strowger_store::{Direction, Position, Store, StoreError};

use super::{KEPT, stream};

/// Records that are read at once.
const PAGE: usize = 200;

/// A decision that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where it stands among the owner's.
    pub position: Position,
    /// What is kept of it.
    pub body: Value,
}

impl Record {
    /// As clients see it: with its id, and when it was made, in Gregorian seconds.
    #[must_use]
    pub fn shown(&self) -> Value {
        let mut shown = self.body.clone();
        if let Some(fields) = shown.as_object_mut() {
            let second = i64::try_from(self.position.millisecond / 1_000).unwrap_or(i64::MAX);
            fields.insert("id".into(), self.position.to_string().into());
            fields.insert("created".into(), time::to_gregorian(second).into());
        }
        shown
    }

    /// A field that is text.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }
}

/// Up to `wanted` of an owner's records that are `admitted`, beyond `after` in that direction.
///
/// # Errors
/// The store's.
pub async fn records_of(
    store: &dyn Store,
    owner: Owner,
    mut after: Option<Position>,
    direction: Direction,
    wanted: usize,
    admitted: impl Fn(&Record) -> bool,
) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    let mut read = 0;
    // A stream keeps a few more than it must.
    while found.len() < wanted && read < 4 * KEPT {
        let entries = store.read(&stream(owner), after, direction, PAGE).await?;
        let is_last = entries.len() < PAGE;
        read += entries.len();
        after = entries.last().map(|entry| entry.position).or(after);
        let records = entries.into_iter().map(|entry| Record { position: entry.position, body: entry.body });
        found.extend(records.filter(|record| admitted(record)));
        if is_last {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}
