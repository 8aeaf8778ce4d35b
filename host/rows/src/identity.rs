//! What a row is identified by: name, selector, resource and times, as bytes that sort as the tables do.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use strowger_model::selector_row::SelectorRow;

use crate::RowsError;
use crate::part::Window;

/// Between two texts. It is smaller than every other byte, so that a text sorts before those that it begins.
const END: u8 = 0;

/// Longest public id that is taken: three texts of the schema's lengths at four bytes a character, and the times.
const LONGEST: usize = 4_096;

/// Identity within a name: `selector 00 resource 00 start stop`, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowKey(Arc<[u8]>);

impl RowKey {
    pub(crate) fn new(selector: &[u8], resource: &[u8], start: Option<i64>, stop: Option<i64>) -> Self {
        let mut bytes = Vec::with_capacity(selector.len().saturating_add(resource.len()).saturating_add(20));
        bytes.extend_from_slice(selector);
        push_rest(&mut bytes, resource, Window { start, stop });
        Self(bytes.into())
    }

    pub(crate) fn of(row: &SelectorRow) -> Self {
        Self::new(row.selector.as_bytes(), row.resource.as_bytes(), row.start_time, row.stop_time)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let key = Self(bytes.into());
        let parts = key.parts()?;
        (Self::new(parts.selector.as_bytes(), parts.resource.as_bytes(), parts.start, parts.stop) == key).then_some(key)
    }

    pub(crate) fn parts(&self) -> Option<KeyParts<'_>> {
        let (selector, rest) = split(&self.0)?;
        let (resource, mut rest) = split(rest)?;
        let start = take_time(&mut rest)?;
        let stop = take_time(&mut rest)?;
        rest.is_empty().then_some(KeyParts { selector, resource, start, stop })
    }

    pub(crate) fn selector(&self) -> &str {
        self.parts().map_or("", |parts| parts.selector)
    }

    pub(crate) fn resource(&self) -> &str {
        self.parts().map_or("", |parts| parts.resource)
    }
}

impl Borrow<[u8]> for RowKey {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// What a key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyParts<'k> {
    pub(crate) selector: &'k str,
    pub(crate) resource: &'k str,
    pub(crate) start: Option<i64>,
    pub(crate) stop: Option<i64>,
}

/// Selector, resource and the bytes of the times of a key.
pub(crate) fn split_key(key: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut texts = key.splitn(3, |byte| *byte == END);
    Some((texts.next()?, texts.next()?, texts.next()?))
}

/// Completes a key that begins with a selector.
pub(crate) fn push_rest(key: &mut Vec<u8>, resource: &[u8], window: Window) {
    key.push(END);
    key.extend_from_slice(resource);
    key.push(END);
    push_time(key, window.start);
    push_time(key, window.stop);
}

/// The times of a key.
pub(crate) fn window(mut times: &[u8]) -> Option<Window> {
    let window = Window { start: take_time(&mut times)?, stop: take_time(&mut times)? };
    times.is_empty().then_some(window)
}

fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == END)?;
    let (text, rest) = bytes.split_at_checked(end)?;
    Some((std::str::from_utf8(text).ok()?, rest.get(1..)?))
}

/// None sorts before every time; the sign's bit is turned over, so that bytes sort as numbers do.
fn push_time(bytes: &mut Vec<u8>, time: Option<i64>) {
    match time {
        None => bytes.push(0),
        Some(time) => {
            bytes.push(1);
            bytes.extend_from_slice(&(time ^ i64::MIN).to_be_bytes());
        }
    }
}

fn take_time(bytes: &mut &[u8]) -> Option<Option<i64>> {
    let (tag, rest) = bytes.split_first()?;
    *bytes = rest;
    if *tag == 0 {
        return Some(None);
    }
    let (time, rest) = rest.split_first_chunk::<8>()?;
    *bytes = rest;
    (*tag == 1).then_some(Some(i64::from_be_bytes(*time) ^ i64::MIN))
}

/// The public id of a row. It says what the row is identified by, so that no index of ids is needed; to clients it is opaque.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    pub(crate) name: String,
    pub(crate) key: RowKey,
}

impl RowId {
    /// The id of a row.
    #[must_use]
    pub fn of(row: &SelectorRow) -> Self {
        Self { name: row.name.clone(), key: RowKey::of(row) }
    }

    /// The name that the row is looked up by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.name.as_bytes(), &[END], self.key.bytes()].concat();
        f.write_str(&BASE64.encode(bytes))
    }
}

/// Text that is no row's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of a selector row")]
pub struct InvalidRowId;

impl FromStr for RowId {
    type Err = InvalidRowId;

    fn from_str(text: &str) -> Result<Self, InvalidRowId> {
        let text = Some(text).filter(|text| text.len() <= LONGEST).ok_or(InvalidRowId)?;
        let bytes = BASE64.decode(text).map_err(|_| InvalidRowId)?;
        let (name, key) = split(&bytes).ok_or(InvalidRowId)?;
        Ok(Self { name: name.to_owned(), key: RowKey::parse(key).ok_or(InvalidRowId)? })
    }
}

/// Checks what the order of the keys rests on. Lengths are those of the schema at four bytes a character.
pub(crate) fn check(row: &SelectorRow) -> Result<(), RowsError> {
    for (field, text, most) in
        [("name", &row.name, 512), ("selector", &row.selector, 1_024), ("resource", &row.resource, 512)]
    {
        if text.is_empty() || text.len() > most {
            return Err(RowsError::Invalid(format!("{field}: it has 1 to {most} bytes")));
        }
        if text.bytes().any(|byte| byte == END) {
            return Err(RowsError::Invalid(format!("{field}: it must not hold U+0000")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn row(selector: &str, resource: &str, start: Option<i64>, stop: Option<i64>) -> SelectorRow {
        SelectorRow {
            name: "lcr".into(),
            selector: selector.into(),
            resource: resource.into(),
            value: None,
            start_time: start,
            stop_time: stop,
            extra: Map::new(),
        }
    }

    #[test]
    fn an_id_says_what_the_row_is_identified_by() {
        for (start, stop) in [(None, None), (Some(5), None), (None, Some(-1)), (Some(i64::MIN), Some(i64::MAX))] {
            let id = RowId::of(&row("7495", "RES-4", start, stop));
            assert_eq!(id.to_string().parse(), Ok(id.clone()));
            let parts = KeyParts { selector: "7495", resource: "RES-4", start, stop };
            assert_eq!(id.key.parts(), Some(parts));
        }
    }

    #[test]
    fn what_no_row_has_as_id_is_refused() {
        for text in ["", "!", "bGNy", "bGNyAA", "resource_selector_rules", &"A".repeat(LONGEST + 1)] {
            assert_eq!(text.parse::<RowId>(), Err(InvalidRowId), "{text}");
        }
    }

    #[test]
    fn keys_sort_by_selector_then_resource_then_times() {
        let rows = [
            row("7", "a", None, None),
            row("7", "a", None, Some(1)),
            row("7", "a", Some(-1), None),
            row("7", "a", Some(0), None),
            row("7", "b", None, None),
            row("74", "a", None, None),
            row("75", "", None, None),
        ];
        assert!(rows.iter().map(RowKey::of).is_sorted());
    }

    #[test]
    fn a_text_with_the_separator_is_refused() {
        assert!(check(&row("7\0", "a", None, None)).is_err());
        assert!(check(&row("", "a", None, None)).is_err());
        assert!(check(&row("7", "a", None, None)).is_ok());
    }
}
