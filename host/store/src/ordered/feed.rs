//! The kept feed of each owner.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use strowger_model::Owner;

use crate::{Change, Direction, History, Key, Kind, MAX_PAGE, Notice, Revision, StoreError};

use super::{Read, Table, Transaction, keys};

/// Changes of an owner that are kept.
pub(super) const KEPT: u64 = 10_000;

/// Most changes of one batch that are told one by one.
pub(super) const ONE_BY_ONE: usize = 256;

/// A change as it is kept; `null` is one of which earlier versions kept nothing.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    One {
        kind: Kind,
        id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<Revision>,
    },
    /// A batch that changed more than is told one by one.
    Many { kinds: BTreeSet<Kind> },
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged feed: {error}"))
}

/// Keeps and tells what one operation has changed.
pub(super) fn record<'c>(
    transaction: &mut dyn Transaction,
    owner: Owner,
    changes: impl ExactSizeIterator<Item = (&'c Key, Option<&'c Revision>)>,
) -> Result<(), StoreError> {
    if changes.len() == 0 {
        return Ok(());
    }
    let mut sequence = last(transaction, owner)?;
    if changes.len() > ONE_BY_ONE {
        sequence += 1;
        let kinds: BTreeSet<Kind> = changes.map(|(key, _)| key.kind).collect();
        push(transaction, owner, sequence, &Kept::Many { kinds: kinds.clone() })?;
        transaction.tell(Notice::Many { sequence, owner, kinds: kinds.into_iter().collect() });
        return Ok(());
    }
    for (key, revision) in changes {
        sequence += 1;
        let (key, revision) = (key.clone(), revision.cloned());
        let kept = Kept::One { kind: key.kind, id: key.id.clone(), revision: revision.clone() };
        push(transaction, owner, sequence, &kept)?;
        transaction.tell(Notice::Changed(Change { sequence, key, revision }));
    }
    Ok(())
}

fn push(transaction: &mut dyn Transaction, owner: Owner, sequence: u64, kept: &Kept) -> Result<(), StoreError> {
    let value = serde_json::to_vec(kept).map_err(damaged)?;
    transaction.put(Table::Feed, &keys::change(owner, sequence), &value)?;
    // Positions are without gaps, so that one goes for each that comes.
    match sequence.checked_sub(KEPT) {
        Some(oldest) => transaction.remove(Table::Feed, &keys::change(owner, oldest)),
        None => Ok(()),
    }
}

fn end(read: &dyn Read, owner: Owner, direction: Direction) -> Result<Option<u64>, StoreError> {
    let prefix = keys::owner(owner);
    let mut sequence = None;
    read.visit(Table::Feed, keys::beginning(prefix.clone()), direction, &mut |key, _| {
        sequence = Some(keys::number(keys::after(&prefix, key)?)?);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(sequence)
}

/// The last change's position, 0 where there was none.
fn last(read: &dyn Read, owner: Owner) -> Result<u64, StoreError> {
    Ok(end(read, owner, Direction::Descending)?.unwrap_or(0))
}

pub(super) fn history(read: &dyn Read, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError> {
    let asked = after.unwrap_or(0);
    let Some(oldest) = end(read, owner, Direction::Ascending)? else {
        let notices = if asked == 0 { Vec::new() } else { vec![Notice::Missed(Some(owner))] };
        return Ok(History { notices, position: 0 });
    };
    let last = last(read, owner)?;
    if asked > last {
        // A position of another life of this store, as before a backup was restored.
        return Ok(History { notices: vec![Notice::Missed(Some(owner))], position: last });
    }
    let mut notices = Vec::new();
    let mut position = asked;
    if asked + 1 < oldest {
        notices.push(Notice::Missed(Some(owner)));
        position = oldest - 1;
    }
    let most = limit.min(MAX_PAGE);
    let prefix = keys::owner(owner);
    let range = keys::change(owner, position + 1)..keys::beginning(prefix.clone()).end;
    let mut taken = 0;
    read.visit(Table::Feed, range, Direction::Ascending, &mut |key, value| {
        if taken == most {
            return Ok(ControlFlow::Break(()));
        }
        taken += 1;
        position = keys::number(keys::after(&prefix, key)?)?;
        notices.push(notice(owner, position, value)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(History { notices, position })
}

fn notice(owner: Owner, sequence: u64, value: &[u8]) -> Result<Notice, StoreError> {
    let kept: Option<Kept> = serde_json::from_slice(value).map_err(damaged)?;
    Ok(match kept {
        None => Notice::Missed(Some(owner)),
        Some(Kept::Many { kinds }) => Notice::Many { sequence, owner, kinds: kinds.into_iter().collect() },
        Some(Kept::One { kind, id, revision }) => {
            Notice::Changed(Change { sequence, key: Key::new(owner, kind, id), revision })
        }
    })
}
