//! Leases. The token of an owner's leases only ever grows, whichever of them it is given with, so that a lapsed one can be forgotten.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::{Lease, Name, StoreError};

use super::expiry::{self, Ends};
use super::{Read, Table, Transaction, keys};

#[derive(Serialize, Deserialize)]
struct Held {
    holder: String,
    token: u64,
    expires: Moment,
}

impl Held {
    fn lease(self, name: &Name) -> Lease {
        Lease { name: name.clone(), holder: self.holder, token: self.token }
    }
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged lease: {error}"))
}

fn found(read: &dyn Read, name: &Name) -> Result<Option<Held>, StoreError> {
    let found = read.get(Table::Leases, &keys::named(name))?;
    found.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
}

pub(super) fn held(read: &dyn Read, name: &Name, now: Moment) -> Result<Option<Lease>, StoreError> {
    let held = found(read, name)?.filter(|held| held.expires > now);
    Ok(held.map(|held| held.lease(name)))
}

fn is_held(read: &dyn Read, lease: &Lease, now: Moment) -> Result<bool, StoreError> {
    Ok(held(read, &lease.name, now)?.is_some_and(|held| held.token == lease.token))
}

/// The fence.
pub(super) fn check(read: &dyn Read, lease: &Lease, now: Moment) -> Result<(), StoreError> {
    if is_held(read, lease, now)? { Ok(()) } else { Err(StoreError::Fenced(lease.name.clone())) }
}

pub(super) fn acquire(
    transaction: &mut dyn Transaction,
    name: &Name,
    holder: String,
    lifetime: Duration,
    now: Moment,
) -> Result<Option<Lease>, StoreError> {
    let token = match held(transaction, name, now)? {
        Some(lease) if lease.holder != holder => return Ok(None),
        Some(lease) => lease.token,
        None => next_token(transaction, name)?,
    };
    let lease = Lease { name: name.clone(), holder, token };
    extend(transaction, &lease, now.after(lifetime))?;
    Ok(Some(lease))
}

fn next_token(transaction: &mut dyn Transaction, name: &Name) -> Result<u64, StoreError> {
    let at = keys::token(name.owner);
    let last = transaction.get(Table::Meta, &at)?.map(|bytes| keys::number(&bytes)).transpose()?;
    let token = last.unwrap_or(0) + 1;
    transaction.put(Table::Meta, &at, &token.to_be_bytes())?;
    Ok(token)
}

fn extend(transaction: &mut dyn Transaction, lease: &Lease, expires: Moment) -> Result<(), StoreError> {
    let at = keys::named(&lease.name);
    let before = found(transaction, &lease.name)?.map(|held| held.expires);
    let held = Held { holder: lease.holder.clone(), token: lease.token, expires };
    let held = serde_json::to_vec(&held).map_err(damaged)?;
    expiry::cancel(transaction, Ends::Lease, &at, before)?;
    expiry::schedule(transaction, Ends::Lease, &at, Some(expires))?;
    transaction.put(Table::Leases, &at, &held)
}

pub(super) fn renew(
    transaction: &mut dyn Transaction,
    lease: &Lease,
    lifetime: Duration,
    now: Moment,
) -> Result<bool, StoreError> {
    let is_held = is_held(transaction, lease, now)?;
    if is_held {
        extend(transaction, lease, now.after(lifetime))?;
    }
    Ok(is_held)
}

pub(super) fn release(transaction: &mut dyn Transaction, lease: &Lease) -> Result<(), StoreError> {
    let Some(held) = found(transaction, &lease.name)?.filter(|held| held.token == lease.token) else { return Ok(()) };
    let at = keys::named(&lease.name);
    expiry::cancel(transaction, Ends::Lease, &at, Some(held.expires))?;
    transaction.remove(Table::Leases, &at)
}
