//! How a document lies in a hash: one line of revision, expiry and listing entries, then the body. The scripts read the line, too.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::Moment;
use crate::listing::ListingEntry;
use crate::{Document, Key, Revision, StoreError};

use super::faults::unexpected;

/// Between listing and sort key; sort keys hold no control characters.
const UNIT: char = '\u{1f}';

/// After a listing entry.
const RECORD: char = '\u{1e}';

/// The line without the revision, which only the script knows.
pub(super) fn line(expires: Option<SystemTime>, listed: &[ListingEntry]) -> String {
    // 0 stands for no end, so that one at the very beginning of time is a millisecond later.
    let expiry = expires.map_or(0, |time| Moment::of(time).0.max(1));
    let mut line = format!("{expiry} ");
    for entry in listed {
        line.push_str(entry.listing.name());
        line.push(UNIT);
        line.push_str(&entry.sort);
        line.push(RECORD);
    }
    line
}

/// The document, unless it is over by this process' clock; in scripts and for the sweep, that of Redis decides.
pub(super) fn decode(key: Key, record: &[u8]) -> Result<Option<Document>, StoreError> {
    let damaged = || unexpected("a damaged record");
    let end = record.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
    let (line, body) = record.split_at(end);
    let line = str::from_utf8(line).map_err(|_| damaged())?;
    let mut parts = line.splitn(3, ' ');
    let (revision, expiry) = parts.next().zip(parts.next()).ok_or_else(damaged)?;
    let expiry: u64 = expiry.parse().map_err(|_| damaged())?;
    let expires = Some(expiry).filter(|expiry| *expiry != 0).map(|expiry| UNIX_EPOCH + Duration::from_millis(expiry));
    if expires.is_some_and(|end| end <= SystemTime::now()) {
        return Ok(None);
    }
    let body = serde_json::from_slice(body.get(1..).unwrap_or_default()).map_err(|_| damaged())?;
    Ok(Some(Document { key, revision: Revision(revision.to_owned()), body, expires }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_model::Owner;

    use super::*;
    use crate::{Kind, Listing};

    #[test]
    fn a_record_is_read_as_written() {
        let expires = UNIX_EPOCH + Duration::from_millis(32_503_680_000_001);
        let listed = [ListingEntry { listing: Listing::Name, sort: "a b".into() }];
        let record = format!("3-ab {}\n{}", line(Some(expires), &listed), json!({"a": "\n"}));
        let key = Key::new(Owner::System, Kind::Setting, "s");
        let document = decode(key, record.as_bytes()).unwrap().unwrap();
        assert_eq!((document.revision.0.as_str(), document.expires), ("3-ab", Some(expires)));
        assert_eq!(document.body, json!({"a": "\n"}));
    }

    #[test]
    fn what_is_over_is_not_there() {
        let key = Key::new(Owner::System, Kind::Setting, "s");
        let record = format!("1-ab {}\n{{}}", line(Some(UNIX_EPOCH), &[]));
        assert_eq!(decode(key.clone(), record.as_bytes()).unwrap(), None);
        assert!(decode(key.clone(), b"1-ab 0 \n{}").unwrap().is_some());
        assert!(decode(key, b"1-ab").is_err());
    }
}
