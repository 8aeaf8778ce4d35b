//! Counters.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::{Name, StoreError};

use super::expiry::{self, Ends};
use super::{Table, Transaction, keys};

#[derive(Serialize, Deserialize)]
struct Counter {
    value: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Moment>,
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged counter: {error}"))
}

pub(super) fn count(
    transaction: &mut dyn Transaction,
    name: &Name,
    by: i64,
    lifetime: Option<Duration>,
    now: Moment,
) -> Result<i64, StoreError> {
    let at = keys::named(name);
    let found = transaction.get(Table::Counters, &at)?;
    let found: Option<Counter> = found.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()?;
    let lives = |counter: &Counter| counter.expires.is_none_or(|end| end > now);
    let (value, expires) = match &found {
        Some(counter) if lives(counter) => (counter.value, counter.expires),
        _ => (0, lifetime.map(|lifetime| now.after(lifetime))),
    };
    let overflow = || StoreError::Fault(format!("the counter {name} overflows"));
    let value = value.checked_add(by).ok_or_else(overflow)?;
    let counter = serde_json::to_vec(&Counter { value, expires }).map_err(damaged)?;
    let scheduled = found.and_then(|counter| counter.expires);
    if scheduled != expires {
        expiry::cancel(transaction, Ends::Counter, &at, scheduled)?;
        expiry::schedule(transaction, Ends::Counter, &at, expires)?;
    }
    transaction.put(Table::Counters, &at, &counter)?;
    Ok(value)
}
