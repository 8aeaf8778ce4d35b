//! How a document lies in an ordered map of bytes; every implementation keeps it so.
//!
//! Key: owner, NUL, kind, NUL, id. Value: revision, line feed, JSON body.

use std::ops::Range;

use serde_json::Value;
use sha2::{Digest, Sha256};
use strowger_model::Owner;

use crate::{Cursor, Direction, Document, Key, Kind, MAX_PAGE, Page, Revision, StoreError};

/// Longest id in bytes.
const MAX_ID: usize = 512;

pub(crate) fn key_bytes(key: &Key) -> Result<Vec<u8>, StoreError> {
    if key.id.is_empty() || key.id.len() > MAX_ID {
        return Err(StoreError::Fault(format!("an id has 1 to {MAX_ID} bytes, not {}", key.id.len())));
    }
    let mut bytes = prefix(key.owner, key.kind);
    bytes.extend_from_slice(key.id.as_bytes());
    Ok(bytes)
}

fn prefix(owner: Owner, kind: Kind) -> Vec<u8> {
    format!("{owner}\0{}\0", kind.name()).into_bytes()
}

/// The keys that a scan reads: those of one owner and kind, beyond the cursor.
pub(crate) fn scan_range(owner: Owner, kind: Kind, from: Option<&Cursor>, direction: Direction) -> Range<Vec<u8>> {
    let start = prefix(owner, kind);
    let end = format!("{owner}\0{}\u{1}", kind.name()).into_bytes();
    let Some(Cursor(id)) = from else { return start..end };
    let mut read = start.clone();
    read.extend_from_slice(id.as_bytes());
    match direction {
        Direction::Ascending => {
            // The least key above it.
            read.push(0);
            read..end
        }
        Direction::Descending => start..read,
    }
}

/// The first page of what a scan found.
pub(crate) fn page<K: AsRef<[u8]>, R: AsRef<[u8]>>(
    owner: Owner,
    kind: Kind,
    mut found: impl Iterator<Item = Result<(K, R), StoreError>>,
    limit: usize,
) -> Result<Page, StoreError> {
    let mut documents = Vec::new();
    for entry in found.by_ref().take(limit.min(MAX_PAGE)) {
        let (key, record) = entry?;
        documents.push(decode_scanned(owner, kind, key.as_ref(), record.as_ref())?);
    }
    let more = found.next().transpose()?.is_some();
    let next = documents.last().filter(|_| more).map(|last| Cursor(last.key.id.clone()));
    Ok(Page { documents, next })
}

pub(crate) fn encode(revision: &Revision, body: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(revision.0.len() + 1 + body.len());
    record.extend_from_slice(revision.0.as_bytes());
    record.push(b'\n');
    record.extend_from_slice(body);
    record
}

fn split(record: &[u8]) -> Result<(Revision, &[u8]), StoreError> {
    let damaged = || StoreError::Fault("a damaged record".into());
    let end = record.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
    let (revision, body) = record.split_at(end);
    let revision = str::from_utf8(revision).map_err(|_| damaged())?;
    Ok((Revision(revision.to_owned()), body.get(1..).unwrap_or_default()))
}

pub(crate) fn revision_of(record: &[u8]) -> Result<Revision, StoreError> {
    split(record).map(|(revision, _)| revision)
}

pub(crate) fn decode(key: Key, record: &[u8]) -> Result<Document, StoreError> {
    let (revision, body) = split(record)?;
    let body: Value = serde_json::from_slice(body).map_err(|error| StoreError::Fault(format!("a record: {error}")))?;
    Ok(Document { key, revision, body })
}

fn decode_scanned(owner: Owner, kind: Kind, key: &[u8], record: &[u8]) -> Result<Document, StoreError> {
    let id = key.get(prefix(owner, kind).len()..).and_then(|id| str::from_utf8(id).ok());
    let id = id.ok_or_else(|| StoreError::Fault("a damaged key".into()))?;
    decode(Key::new(owner, kind, id), record)
}

/// The revision that follows: one more, and the digest of the new body.
pub(crate) fn next_revision(previous: Option<&Revision>, body: &[u8]) -> Revision {
    let count = previous.and_then(|revision| revision.0.split_once('-')?.0.parse::<u64>().ok()).unwrap_or(0);
    let digest: String = Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Revision(format!("{}-{digest}", count.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_counts_on_and_names_its_body() {
        let first = next_revision(None, b"{}");
        assert_eq!(first.0, "1-44136fa355b3678a");
        assert_eq!(next_revision(Some(&first), b"{}").0, "2-44136fa355b3678a");
        assert_ne!(next_revision(None, b"[]").0, first.0);
    }

    #[test]
    fn an_id_has_bounds() {
        let key = |id: &str| key_bytes(&Key::new(Owner::System, Kind::Account, id));
        assert!(key("").is_err());
        assert!(key(&"x".repeat(513)).is_err());
        assert!(key(&"x".repeat(512)).is_ok());
    }

    #[test]
    fn a_kind_whose_name_begins_with_another_one_is_apart() {
        let selector_rows = scan_range(Owner::System, Kind::SelectorRow, None, Direction::Ascending);
        let rules = key_bytes(&Key::new(Owner::System, Kind::SelectorRules, "selector_row\0x")).unwrap();
        assert!(!selector_rows.contains(&rules));
    }
}
