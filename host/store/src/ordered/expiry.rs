//! What ends by itself. Each has an entry by the moment of its end; the sweeper removes what is over, a bounded number at a time.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use strowger_model::Owner;

use crate::clock::Moment;
use crate::{Direction, Key, StoreError, record};

use super::{Read, Table, Transaction, chunks, feed, keys, listings};

/// What an entry ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Document,
    Counter,
    Lease,
    Upload,
}

impl Ends {
    const ALL: [Self; 4] = [Self::Document, Self::Counter, Self::Lease, Self::Upload];

    fn tag(self) -> u8 {
        match self {
            Self::Document => b'd',
            Self::Counter => b'c',
            Self::Lease => b'l',
            Self::Upload => b'u',
        }
    }
}

fn entry(ends: Ends, at: &[u8], when: Moment) -> Vec<u8> {
    [&when.0.to_be_bytes(), [ends.tag()].as_slice(), at].concat()
}

fn parse(entry: &[u8]) -> Result<(Ends, &[u8]), StoreError> {
    let (tag, at) = entry.get(8..).and_then(<[u8]>::split_first).ok_or_else(keys::damaged)?;
    let ends = Ends::ALL.into_iter().find(|ends| ends.tag() == *tag).ok_or_else(keys::damaged)?;
    Ok((ends, at))
}

fn due(now: Moment) -> Range<Vec<u8>> {
    Vec::new()..now.0.saturating_add(1).to_be_bytes().to_vec()
}

pub(super) fn schedule(
    transaction: &mut dyn Transaction,
    ends: Ends,
    at: &[u8],
    when: Option<Moment>,
) -> Result<(), StoreError> {
    when.map_or(Ok(()), |when| transaction.put(Table::Expiries, &entry(ends, at, when), &[]))
}

pub(super) fn cancel(
    transaction: &mut dyn Transaction,
    ends: Ends,
    at: &[u8],
    when: Option<Moment>,
) -> Result<(), StoreError> {
    when.map_or(Ok(()), |when| transaction.remove(Table::Expiries, &entry(ends, at, when)))
}

/// Whether there is anything to sweep.
pub(crate) fn is_due(read: &dyn Read, now: Moment) -> Result<bool, StoreError> {
    Ok(!over(read, now, 1)?.is_empty())
}

fn over(read: &dyn Read, now: Moment, most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut over = Vec::new();
    read.visit(Table::Expiries, due(now), Direction::Ascending, &mut |entry, _| {
        over.push(entry.to_vec());
        Ok(if over.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(over)
}

/// Removes up to `most` of what is over, and tells the ends of documents. Answers whether there may be more.
pub(crate) fn sweep(transaction: &mut dyn Transaction, now: Moment, most: usize) -> Result<bool, StoreError> {
    let over = over(transaction, now, most)?;
    let mut ended: BTreeMap<Owner, Vec<Key>> = BTreeMap::new();
    for entry in &over {
        transaction.remove(Table::Expiries, entry)?;
        match end(transaction, entry, now) {
            Ok(Some(key)) => ended.entry(key.owner).or_default().push(key),
            Ok(None) => {}
            // One damaged record must not keep all others from ending.
            Err(error) => tracing::error!(%error, "something in the store could not end"),
        }
    }
    for (owner, keys) in &ended {
        feed::record(transaction, *owner, keys.iter().map(|key| (key, None)))?;
    }
    Ok(over.len() == most)
}

/// Ends one thing; answers the key of a document.
fn end(transaction: &mut dyn Transaction, entry: &[u8], now: Moment) -> Result<Option<Key>, StoreError> {
    let (ends, at) = parse(entry)?;
    match ends {
        Ends::Document => return end_document(transaction, at, now),
        Ends::Counter => transaction.remove(Table::Counters, at)?,
        Ends::Lease => transaction.remove(Table::Leases, at)?,
        Ends::Upload => chunks::discard(transaction, &keys::parse_upload(at)?)?,
    }
    Ok(None)
}

/// The record has the last word on whether it is over.
fn end_document(transaction: &mut dyn Transaction, at: &[u8], now: Moment) -> Result<Option<Key>, StoreError> {
    let key = keys::parse_document(at)?;
    let header = transaction.get(Table::Documents, at)?.map(|found| record::header(&found)).transpose()?;
    let Some(header) = header.filter(|header| header.is_over(now)) else { return Ok(None) };
    listings::remove(transaction, &key, &header.listed)?;
    transaction.remove(Table::Documents, at)?;
    Ok(Some(key))
}
