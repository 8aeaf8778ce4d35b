//! Streams. Each has a head that says how many entries it has and where the last one stood, even when that one is gone.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use strowger_model::Owner;

use crate::clock::Moment;
use crate::{Direction, Entry, MAX_ENTRIES, MAX_PAGE, Name, Position, StoreError};

use super::{Read, Table, Transaction, keys};

#[derive(Default, Serialize, Deserialize)]
struct Head {
    count: u64,
    millisecond: u64,
    number: u64,
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged stream: {error}"))
}

fn head(read: &dyn Read, stream: &Name) -> Result<Option<Head>, StoreError> {
    let found = read.get(Table::Meta, &keys::head(stream))?;
    found.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
}

impl Head {
    /// The next position: of this millisecond, or of the last entry's where the clock has not passed it.
    fn next(&mut self, now: Moment) -> Position {
        if now.0 > self.millisecond {
            (self.millisecond, self.number) = (now.0, 0);
        } else {
            self.number += 1;
        }
        self.count += 1;
        Position { millisecond: self.millisecond, number: self.number }
    }
}

pub(super) fn append(
    transaction: &mut dyn Transaction,
    stream: &Name,
    bodies: Vec<Vec<u8>>,
    keep: usize,
    now: Moment,
) -> Result<Vec<Position>, StoreError> {
    if bodies.is_empty() {
        return Ok(Vec::new());
    }
    let mut head = head(transaction, stream)?.unwrap_or_default();
    let mut positions = Vec::with_capacity(bodies.len());
    for body in bodies {
        let position = head.next(now);
        transaction.put(Table::Streams, &keys::entry(stream, position), &body)?;
        positions.push(position);
    }
    trim(transaction, stream, &mut head, keep)?;
    let head = serde_json::to_vec(&head).map_err(damaged)?;
    transaction.put(Table::Meta, &keys::head(stream), &head)?;
    Ok(positions)
}

/// Leaves out what is not beyond the stream's last entry.
pub(super) fn append_at(
    transaction: &mut dyn Transaction,
    stream: &Name,
    entries: Vec<(Position, Vec<u8>)>,
) -> Result<(), StoreError> {
    let mut head = head(transaction, stream)?.unwrap_or_default();
    for (position, body) in entries {
        if (position.millisecond, position.number) <= (head.millisecond, head.number) {
            continue;
        }
        (head.millisecond, head.number) = (position.millisecond, position.number);
        head.count += 1;
        transaction.put(Table::Streams, &keys::entry(stream, position), &body)?;
    }
    if head.count == 0 {
        return Ok(());
    }
    let head = serde_json::to_vec(&head).map_err(damaged)?;
    transaction.put(Table::Meta, &keys::head(stream), &head)
}

/// Trims a tenth at a time, so that most appends look at nothing but the end.
fn trim(transaction: &mut dyn Transaction, stream: &Name, head: &mut Head, keep: usize) -> Result<(), StoreError> {
    let keep = u64::try_from(keep).unwrap_or(u64::MAX);
    if head.count <= keep.saturating_add(keep / 10) {
        return Ok(());
    }
    let mut oldest = Vec::new();
    let most = head.count - keep;
    read_range(transaction, stream, None, Direction::Ascending, &mut |key, _| {
        oldest.push(key.to_vec());
        Ok(if oldest.len() as u64 == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    for key in oldest {
        transaction.remove(Table::Streams, &key)?;
    }
    head.count = keep;
    Ok(())
}

fn read_range(
    read: &dyn Read,
    stream: &Name,
    after: Option<Position>,
    direction: Direction,
    visitor: &mut super::Visitor<'_>,
) -> Result<(), StoreError> {
    let mut range = keys::beginning(keys::stream(stream));
    match (after.map(|position| keys::entry(stream, position)), direction) {
        (None, _) => {}
        (Some(last), Direction::Ascending) => range.start = keys::above(last),
        (Some(last), Direction::Descending) => range.end = last,
    }
    read.visit(Table::Streams, range, direction, visitor)
}

pub(super) fn read(
    read: &dyn Read,
    stream: &Name,
    after: Option<Position>,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let limit = limit.min(MAX_ENTRIES);
    let prefix = keys::stream(stream);
    let mut entries = Vec::new();
    read_range(read, stream, after, direction, &mut |key, body| {
        if entries.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        let position = keys::parse_position(keys::after(&prefix, key)?)?;
        entries.push(Entry { position, body: serde_json::from_slice(body).map_err(damaged)? });
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(entries)
}

pub(super) fn names(
    read: &dyn Read,
    owner: Owner,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let limit = limit.min(MAX_PAGE);
    let prefix = keys::heads(owner);
    let mut range = keys::beginning(prefix.clone());
    if let Some(last) = after {
        range.start = keys::above([&prefix, last.as_bytes()].concat());
    }
    let mut names = Vec::new();
    read.visit(Table::Meta, range, Direction::Ascending, &mut |key, _| {
        if names.len() == limit {
            return Ok(ControlFlow::Break(()));
        }
        names.push(keys::text(keys::after(&prefix, key)?)?.to_owned());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(names)
}
