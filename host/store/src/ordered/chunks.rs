//! Uploads and their chunks. An upload has an end until a batch keeps it.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::{Direction, StoreError, Upload};

use super::expiry::{self, Ends};
use super::{Read, Table, Transaction, keys};

/// How long an upload may take.
const LIFETIME: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Serialize, Deserialize)]
struct State {
    /// None where it is kept.
    expires: Option<Moment>,
}

impl State {
    fn is_over(self, now: Moment) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged upload: {error}"))
}

fn refused(upload: &Upload, why: &str) -> StoreError {
    StoreError::Fault(format!("the upload {} {why}", upload.id))
}

fn state(read: &dyn Read, upload: &Upload) -> Result<Option<State>, StoreError> {
    let found = read.get(Table::Uploads, &keys::upload(upload))?;
    found.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
}

fn set(transaction: &mut dyn Transaction, upload: &Upload, state: State) -> Result<(), StoreError> {
    let state = serde_json::to_vec(&state).map_err(damaged)?;
    transaction.put(Table::Uploads, &keys::upload(upload), &state)
}

pub(super) fn put(
    transaction: &mut dyn Transaction,
    upload: &Upload,
    index: u32,
    chunk: &[u8],
    now: Moment,
) -> Result<(), StoreError> {
    match state(transaction, upload)? {
        Some(State { expires: None }) => return Err(refused(upload, "is complete")),
        Some(state) if state.is_over(now) => return Err(refused(upload, "has taken too long")),
        Some(_) => {}
        None => {
            let expires = Some(now.after(LIFETIME));
            set(transaction, upload, State { expires })?;
            expiry::schedule(transaction, Ends::Upload, &keys::upload(upload), expires)?;
        }
    }
    transaction.put(Table::Chunks, &keys::chunk(upload, index), chunk)
}

pub(super) fn get(read: &dyn Read, upload: &Upload, index: u32, now: Moment) -> Result<Option<Vec<u8>>, StoreError> {
    match state(read, upload)? {
        Some(state) if !state.is_over(now) => read.get(Table::Chunks, &keys::chunk(upload, index)),
        _ => Ok(None),
    }
}

/// A batch must not keep what is gone: its document would describe nothing.
pub(super) fn check_kept(read: &dyn Read, keep: &[Upload], now: Moment) -> Result<(), StoreError> {
    for upload in keep {
        if state(read, upload)?.is_none_or(|state| state.is_over(now)) {
            return Err(refused(upload, "does not exist"));
        }
    }
    Ok(())
}

pub(super) fn keep(transaction: &mut dyn Transaction, upload: &Upload) -> Result<(), StoreError> {
    let expires = state(transaction, upload)?.and_then(|state| state.expires);
    expiry::cancel(transaction, Ends::Upload, &keys::upload(upload), expires)?;
    set(transaction, upload, State { expires: None })
}

pub(super) fn discard(transaction: &mut dyn Transaction, upload: &Upload) -> Result<(), StoreError> {
    let Some(state) = state(transaction, upload)? else { return Ok(()) };
    let at = keys::upload(upload);
    expiry::cancel(transaction, Ends::Upload, &at, state.expires)?;
    transaction.remove(Table::Uploads, &at)?;
    let mut chunks = Vec::new();
    let range = keys::beginning(keys::chunks(upload));
    transaction.visit(Table::Chunks, range, Direction::Ascending, &mut |key, _| {
        chunks.push(key.to_vec());
        Ok(ControlFlow::Continue(()))
    })?;
    for key in chunks {
        transaction.remove(Table::Chunks, &key)?;
    }
    Ok(())
}
