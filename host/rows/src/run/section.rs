//! The bytes of a section: `length of the name (4 bytes), name, length of the part (4 bytes), part`.

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};

use super::Loaded;
use crate::RowsError;
use crate::part::{Part, PartBuilder};

/// Bytes of its texts, after which a section ends too.
const TEXTS: usize = 512 << 10;

/// Longest section that is read. One that is written is not much longer than its texts.
const LONGEST: usize = 32 << 20;

/// A section in memory.
pub(crate) struct Section {
    pub(crate) name: Arc<str>,
    pub(crate) part: Part,
    pub(super) _loaded: Loaded,
}

/// Sections out of rows that come in order.
pub(crate) struct SectionBuilder {
    rows: u32,
    name: String,
    builder: PartBuilder,
}

impl SectionBuilder {
    /// Sections of so many rows.
    pub(crate) fn new(rows: u32) -> Self {
        Self { rows, name: String::new(), builder: PartBuilder::new() }
    }

    /// Adds a row, which is larger than the one before. Answers a section that is complete.
    pub(crate) fn push(&mut self, name: &str, key: &[u8], payload: &[u8]) -> Result<Option<Bytes>, RowsError> {
        let is_full = self.builder.rows() >= self.rows || self.builder.texts() >= TEXTS;
        let complete = if is_full || self.name != name { self.finish()? } else { None };
        if self.name != name {
            name.clone_into(&mut self.name);
        }
        self.builder.push(key, payload)?;
        Ok(complete)
    }

    /// The rows that are in no section yet.
    pub(crate) fn finish(&mut self) -> Result<Option<Bytes>, RowsError> {
        if self.builder.is_empty() {
            return Ok(None);
        }
        let part = std::mem::replace(&mut self.builder, PartBuilder::new()).finish()?;
        let mut bytes = BytesMut::with_capacity(part.len().saturating_add(self.name.len()).saturating_add(8));
        for piece in [self.name.as_bytes(), &part] {
            let length = u32::try_from(piece.len()).map_err(|_| RowsError::Invalid("a run is too large".into()))?;
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(piece);
        }
        Ok(Some(bytes.freeze()))
    }
}

/// Takes the section that the bytes begin with, if all of it is there.
pub(super) fn take(bytes: &mut BytesMut) -> Result<Option<(Arc<str>, Bytes)>, RowsError> {
    let Some((name, rest)) = piece(bytes)? else { return Ok(None) };
    let Some((part, rest)) = piece(rest)? else { return Ok(None) };
    let name: Arc<str> = std::str::from_utf8(name).map_err(|_| damaged())?.into();
    // A copy: what is left of the bytes would be kept with it.
    let (part, taken) = (Bytes::copy_from_slice(part), bytes.len().saturating_sub(rest.len()));
    bytes.advance(taken);
    Ok(Some((name, part)))
}

/// A piece, and what is behind it.
type Split<'b> = (&'b [u8], &'b [u8]);

fn piece(bytes: &[u8]) -> Result<Option<Split<'_>>, RowsError> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > LONGEST { Err(damaged()) } else { Ok(rest.split_at_checked(length)) }
}

pub(super) fn damaged() -> RowsError {
    RowsError::Damaged("staged rows cannot be read".into())
}
