//! Who made a change, in the same step as the change.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::{Author, StoreError};

use super::feed::ONE_BY_ONE;
use super::stage::Staged;
use super::{Transaction, streams};

/// Entries that are kept of each author stream, at least.
const KEPT: usize = 10_000;

pub(super) fn record(
    transaction: &mut dyn Transaction,
    author: &Author,
    changes: &[&Staged],
    now: Moment,
) -> Result<(), StoreError> {
    let entries: Vec<Value> = if changes.len() > ONE_BY_ONE {
        by_kind(author, changes)
    } else {
        changes.iter().map(|change| one(author, change)).collect()
    };
    let entries = entries.iter().map(|entry| entry.to_string().into_bytes()).collect();
    streams::append(transaction, &author.stream, entries, KEPT, now).map(drop)
}

fn one(author: &Author, change: &Staged) -> Value {
    json!({
        "by": author.by,
        "kind": change.key.kind.name(),
        "id": change.key.id,
        "old": change.old,
        "new": change.revision(),
    })
}

fn by_kind(author: &Author, changes: &[&Staged]) -> Vec<Value> {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.key.kind).or_default() += 1;
    }
    let entry = |(kind, count): (crate::Kind, usize)| json!({"by": author.by, "kind": kind.name(), "count": count});
    counts.into_iter().map(entry).collect()
}
