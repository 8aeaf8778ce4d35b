//! How a document is kept: a header of one line of JSON, a line feed, and its body as JSON.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::listing::ListingEntry;
use crate::{Document, Key, Revision, StoreError};

/// What is known of a document without reading its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) revision: Revision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Moment>,
    /// Under what it was listed, by the rules of when it was written: what has to be taken off when it changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) listed: Vec<ListingEntry>,
}

impl Header {
    pub(crate) fn is_over(&self, now: Moment) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Fault(format!("a damaged record: {error}"))
}

pub(crate) fn encode(header: &Header, body: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut record = serde_json::to_vec(header).map_err(damaged)?;
    record.reserve_exact(1 + body.len());
    record.push(b'\n');
    record.extend_from_slice(body);
    Ok(record)
}

fn split(record: &[u8]) -> Result<(&[u8], &[u8]), StoreError> {
    let end = record.iter().position(|byte| *byte == b'\n').ok_or_else(|| damaged("it has no header"))?;
    let (header, body) = record.split_at(end);
    Ok((header, body.get(1..).unwrap_or_default()))
}

pub(crate) fn header(record: &[u8]) -> Result<Header, StoreError> {
    serde_json::from_slice(split(record)?.0).map_err(damaged)
}

/// The document, unless it is over.
pub(crate) fn decode(key: Key, record: &[u8], now: Moment) -> Result<Option<Document>, StoreError> {
    let named =
        |error: serde_json::Error| damaged(format_args!("{}/{}/{}: {error}", key.owner, key.kind.name(), key.id));
    let (header, body) = split(record).unwrap_or_default();
    let header: Header = serde_json::from_slice(header).map_err(named)?;
    if header.is_over(now) {
        return Ok(None);
    }
    let body = serde_json::from_slice(body).map_err(named)?;
    let expires = header.expires.and_then(Moment::time);
    Ok(Some(Document { key, revision: header.revision, body, expires }))
}

/// What a revision says of the body.
pub(crate) fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The revision that follows: one more, and the digest of the new body.
pub(crate) fn next_revision(previous: Option<&Revision>, digest: &str) -> Revision {
    let count = previous.and_then(|revision| revision.0.split_once('-')?.0.parse::<u64>().ok()).unwrap_or(0);
    Revision(format!("{}-{digest}", count.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use strowger_model::Owner;

    use super::*;
    use crate::{Kind, Listing};

    #[test]
    fn a_revision_counts_on_and_names_its_body() {
        let first = next_revision(None, &digest(b"{}"));
        assert_eq!(first.0, "1-44136fa355b3678a");
        assert_eq!(next_revision(Some(&first), &digest(b"{}")).0, "2-44136fa355b3678a");
        assert_ne!(next_revision(None, &digest(b"[]")).0, first.0);
    }

    #[test]
    fn a_record_is_read_as_written() {
        let listed = vec![ListingEntry { listing: Listing::Name, sort: "zürich \"☎\"".into() }];
        let written = Header { revision: Revision("1-ab".into()), expires: Some(Moment(5)), listed };
        let record = encode(&written, br#"{"a":"\n"}"#).unwrap();
        assert_eq!(header(&record).unwrap(), written);
        let key = Key::new(Owner::System, Kind::Setting, "a");
        let document = decode(key.clone(), &record, Moment(4)).unwrap().unwrap();
        assert_eq!(document.body, serde_json::json!({"a": "\n"}));
        assert_eq!(document.expires.map(Moment::of), Some(Moment(5)));
        assert_eq!(decode(key, &record, Moment(5)).unwrap(), None, "it is over at the very moment");
    }
}
