//! What a row says beside its identity: its value as it was written, and the keys that the schema does not know.

use serde_json::{Map, Value};
use strowger_model::selector_row::SelectorRow;

const HAS_VALUE: u8 = 1;

/// `flags, length of the value (2 bytes), value, kept keys as JSON or nothing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payload<'p> {
    pub(crate) value: Option<&'p str>,
    extra: &'p [u8],
}

impl<'p> Payload<'p> {
    pub(crate) fn write(row: &SelectorRow) -> Vec<u8> {
        let value = row.value.as_deref();
        let text = value.unwrap_or_default();
        // The schema keeps a value far below 64 KiB; what is longer is cut at a character.
        let text = text.get(..text.floor_char_boundary(usize::from(u16::MAX))).unwrap_or_default();
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        let mut bytes = vec![u8::from(value.is_some()) * HAS_VALUE];
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        if !row.extra.is_empty() {
            bytes.extend(serde_json::to_vec(&row.extra).unwrap_or_default());
        }
        bytes
    }

    pub(crate) fn read(bytes: &'p [u8]) -> Option<Self> {
        let (flags, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (value, extra) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let value = std::str::from_utf8(value).ok()?;
        Some(Self { value: (*flags == HAS_VALUE).then_some(value), extra })
    }

    pub(crate) fn extra(&self) -> Map<String, Value> {
        if self.extra.is_empty() {
            return Map::new();
        }
        serde_json::from_slice(self.extra).unwrap_or_default()
    }
}

/// A value as the number that carriers are ordered by, NaN where it is none.
pub(crate) fn number_of(value: Option<&str>) -> f64 {
    let number = value.and_then(|value| value.trim().parse().ok());
    number.filter(|number: &f64| number.is_finite()).unwrap_or(f64::NAN)
}
