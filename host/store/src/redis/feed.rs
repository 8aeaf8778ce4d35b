//! The kept feed: a stream whose ids are the positions of the changes.

use std::collections::BTreeSet;

use redis::Pipeline;
use strowger_model::Owner;

use super::faults::unexpected;
use super::keys::Keys;
use super::link::Link;
use super::streams::{Raw, field};
use crate::{Change, History, Key, Kind, MAX_PAGE, Notice, Revision, StoreError};

pub(super) async fn history(
    link: &Link,
    keys: &Keys,
    owner: Owner,
    after: Option<u64>,
    limit: usize,
) -> Result<History, StoreError> {
    let asked = after.unwrap_or(0);
    let feed = keys.feed(owner);
    let mut pipeline = Pipeline::new();
    pipeline.cmd("GET").arg(keys.sequence(owner));
    pipeline.cmd("XRANGE").arg(&feed).arg("-").arg("+").arg("COUNT").arg(1);
    pipeline.cmd("XRANGE").arg(&feed).arg(format!("({asked}-0")).arg("+").arg("COUNT").arg(limit.clamp(1, MAX_PAGE));
    let (last, oldest, entries): (Option<u64>, Vec<Raw>, Vec<Raw>) = link.pipeline(&pipeline).await?;
    let last = last.unwrap_or(0);
    if asked > last {
        // A position of another life of this store, as before a fail-over that lost something.
        return Ok(History { notices: vec![Notice::Missed(Some(owner))], position: last });
    }
    let oldest = oldest.first().map_or(Ok(last + 1), position)?;
    let mut history = History { notices: Vec::new(), position: asked };
    if asked + 1 < oldest {
        history.notices.push(Notice::Missed(Some(owner)));
        history.position = oldest - 1;
    }
    for entry in entries.iter().take(limit) {
        history.position = position(entry)?;
        history.notices.push(notice(owner, entry)?);
    }
    Ok(history)
}

fn damaged() -> StoreError {
    unexpected("an entry of a feed")
}

fn position((id, _): &Raw) -> Result<u64, StoreError> {
    id.split_once('-').and_then(|(position, _)| position.parse().ok()).ok_or_else(damaged)
}

fn notice(owner: Owner, entry: &Raw) -> Result<Notice, StoreError> {
    let fields = &entry.1;
    if let Some(kinds) = field(fields, "m") {
        return Ok(many(owner, position(entry)?, &String::from_utf8_lossy(&kinds)));
    }
    let text = |name| field(fields, name).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(damaged);
    let kind = Kind::from_name(&text("k")?).ok_or_else(damaged)?;
    let revision = Some(text("r")?).filter(|revision| !revision.is_empty()).map(Revision);
    Ok(Notice::Changed(Change { sequence: position(entry)?, key: Key::new(owner, kind, text("i")?), revision }))
}

/// A batch of very many changes. Earlier versions kept nothing of it, and of a kind that is not known here anything may be.
fn many(owner: Owner, sequence: u64, kinds: &str) -> Notice {
    let kinds: Option<BTreeSet<Kind>> = kinds.split_ascii_whitespace().map(Kind::from_name).collect();
    match kinds.filter(|kinds| !kinds.is_empty()) {
        Some(kinds) => Notice::Many { sequence, owner, kinds: kinds.into_iter().collect() },
        None => Notice::Missed(Some(owner)),
    }
}
