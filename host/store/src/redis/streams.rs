//! Streams: those of Redis, whose ids are the positions.

use redis::Value;
use serde_json::Value as Json;
use strowger_model::Owner;

use super::faults::unexpected;
use super::head::REMEMBERED;
use super::keys::Keys;
use super::link::Link;
use super::scripts::{APPEND, APPEND_AT, Call};
use crate::{Direction, Entry, MAX_BATCH, MAX_ENTRIES, MAX_PAGE, Name, Position, StoreError, bounds};

/// An entry as Redis answers it: its id and its fields, each before its value.
pub(super) type Raw = (String, Vec<Value>);

/// The value of a field.
pub(super) fn field(fields: &[Value], name: &str) -> Option<Vec<u8>> {
    let mut pairs = fields.chunks_exact(2);
    let found = pairs.find(|pair| matches!(pair, [Value::BulkString(field), _] if field == name.as_bytes()))?;
    match found {
        [_, Value::BulkString(value)] => Some(value.clone()),
        _ => None,
    }
}

pub(super) async fn append(
    link: &Link,
    keys: &Keys,
    id: &str,
    stream: &Name,
    entries: Vec<Json>,
    keep: usize,
) -> Result<Vec<Position>, StoreError> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    if entries.len() > MAX_BATCH {
        return Err(StoreError::Fault(format!("at most {MAX_BATCH} entries are appended at once")));
    }
    let names = vec![keys.stream(stream), keys.streams(stream.owner), keys.answer(stream.owner, id)];
    let mut call = Call::new(&APPEND, names).arg(&stream.name).arg(keep).arg(REMEMBERED);
    for entry in &entries {
        call.push(bounds::body(entry)?);
    }
    let answer: String = link.script(&call).await?;
    answer.split(' ').map(parse).collect()
}

pub(super) async fn append_at(link: &Link, keys: &Keys, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError> {
    if entries.len() > MAX_BATCH {
        return Err(StoreError::Fault(format!("at most {MAX_BATCH} entries are appended at once")));
    }
    let names = vec![keys.stream(stream), keys.streams(stream.owner)];
    let mut call = Call::new(&APPEND_AT, names).arg(&stream.name);
    for entry in &entries {
        call.push(entry.position.to_string());
        call.push(bounds::body(&entry.body)?);
    }
    link.script(&call).await
}

fn parse(id: &str) -> Result<Position, StoreError> {
    id.parse().map_err(|_| unexpected("an id of a stream"))
}

pub(super) async fn read(
    link: &Link,
    keys: &Keys,
    stream: &Name,
    after: Option<Position>,
    direction: Direction,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let limit = limit.min(MAX_ENTRIES);
    if limit == 0 {
        return Ok(Vec::new());
    }
    let after = after.map(|position| format!("({position}"));
    let (command, start, end) = match direction {
        Direction::Ascending => ("XRANGE", after.as_deref().unwrap_or("-"), "+"),
        Direction::Descending => ("XREVRANGE", after.as_deref().unwrap_or("+"), "-"),
    };
    let mut command = redis::cmd(command);
    command.arg(keys.stream(stream)).arg(start).arg(end).arg("COUNT").arg(limit);
    let entries: Vec<Raw> = link.command(&command).await?;
    entries.iter().map(entry).collect()
}

fn entry((id, fields): &Raw) -> Result<Entry, StoreError> {
    let body = field(fields, "b").ok_or_else(|| unexpected("an entry of a stream"))?;
    let body = serde_json::from_slice(&body).map_err(|_| unexpected("an entry of a stream"))?;
    Ok(Entry { position: parse(id)?, body })
}

pub(super) async fn names(
    link: &Link,
    keys: &Keys,
    owner: Owner,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    ascending(link, keys.streams(owner), after, limit).await
}

/// Members of a sorted set in their own order.
pub(super) async fn ascending(
    link: &Link,
    key: String,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let start = after.map_or_else(|| "-".to_owned(), |after| format!("({after}"));
    let mut command = redis::cmd("ZRANGE");
    command.arg(key).arg(start).arg("+").arg("BYLEX").arg("LIMIT").arg(0).arg(limit.min(MAX_PAGE));
    link.command(&command).await
}
