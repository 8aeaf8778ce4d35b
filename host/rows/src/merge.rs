//! One table out of its parts, what lies over them, and staged rows: a merge of sorted sources, which holds no more than the part that it
//! is building.

mod cursor;
mod sources;

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use strowger_store::Revision;

use crate::RowsError;
use crate::identity::{self, RowKey};
use crate::overlay::Entry;
use crate::part::{PartBuilder, Payload};
use crate::publication::{Mode, Published};

pub(crate) use sources::{Place, Runs, Sources};

/// A piece of the table that comes out.
pub(crate) enum Piece {
    /// The part of that number is as it was.
    Kept(usize),
    /// Another part.
    Built(Bytes),
}

/// What became of a row that lay over the parts.
pub(crate) struct Folded {
    pub(crate) document: String,
    pub(crate) revision: Revision,
    pub(crate) name: String,
    pub(crate) key: RowKey,
    /// Whether it is in the parts that come out, and in no staged row.
    pub(crate) is_kept: bool,
}

/// What a merge did, beside its pieces.
#[derive(Default)]
pub(crate) struct Merged {
    pub(crate) counts: Published,
    pub(crate) folded: Vec<Folded>,
}

/// A merge under way.
struct Merge<'m> {
    mode: Mode,
    /// Rows of a part.
    part_rows: u32,
    builder: PartBuilder,
    emit: &'m mut dyn FnMut(Piece) -> Result<(), RowsError>,
    merged: Merged,
    /// What a deletion names: selector and carrier, whatever the times.
    deleting: Vec<u8>,
}

/// What the sources say of one key.
#[derive(Default)]
struct Sight {
    below: Option<Vec<u8>>,
    over: Option<Arc<Entry>>,
    staged: Option<Vec<u8>>,
}

/// Merges; hands each piece over as soon as it is there, ascending.
pub(crate) fn merge(
    sources: &mut Sources,
    mode: Mode,
    part_rows: u32,
    emit: &mut dyn FnMut(Piece) -> Result<(), RowsError>,
) -> Result<Merged, RowsError> {
    let name = sources.name.clone();
    let (builder, merged) = (PartBuilder::new(), Merged::default());
    let mut merge = Merge { mode, part_rows, builder, emit, merged, deleting: Vec::new() };
    while let Some(key) = sources.next_key()? {
        // Where a part begins with rows of the carrier and selector that are being deleted, these go too.
        if mode != Mode::Replace
            && merge.takes_parts()
            && !merge.is_deleted(&key)
            && let Some(part) = sources.skip_part()
        {
            merge.keep(part)?;
            continue;
        }
        let mut sight = Sight::default();
        while let Some(place) = sources.take(&key)? {
            match place {
                Place::Below(payload) => sight.below = Some(payload),
                Place::Over(entry) => sight.over = Some(entry),
                // Later runs come later: the last word is the latest.
                Place::Staged(payload) => sight.staged = Some(payload),
            }
        }
        merge.see(&name, &key, sight)?;
        if merge.is_full(sources.rest_of_part()) {
            merge.cut()?;
        }
    }
    merge.cut()?;
    Ok(merge.merged)
}

impl Merge<'_> {
    /// Whether a part may be kept as it is: what has been built is large enough to be a part, or nothing.
    fn takes_parts(&self) -> bool {
        self.builder.is_empty() || self.builder.rows() >= self.part_rows / 4
    }

    /// Whether another part is to be begun. What is left of an old part is taken along if it is little: otherwise its last rows would
    /// go to the part behind it, and so on, and a few rows would change all parts that follow.
    fn is_full(&self, rest_of_part: u32) -> bool {
        let rows = self.builder.rows();
        let is_little = rest_of_part > 0 && rest_of_part <= self.part_rows / 4;
        self.builder.is_heavy() || rows >= self.part_rows && !(is_little && rows < self.part_rows / 4 * 5)
    }

    fn keep(&mut self, part: usize) -> Result<(), RowsError> {
        self.cut()?;
        (self.emit)(Piece::Kept(part))
    }

    fn cut(&mut self) -> Result<(), RowsError> {
        if self.builder.is_empty() {
            return Ok(());
        }
        let builder = std::mem::replace(&mut self.builder, PartBuilder::new());
        (self.emit)(Piece::Built(builder.finish()?))
    }

    fn see(&mut self, name: &str, key: &[u8], sight: Sight) -> Result<(), RowsError> {
        let Sight { below, over, staged } = sight;
        let was = match &over {
            Some(entry) => entry.row.as_ref().map(Payload::write),
            None => below,
        };
        let is_staged = staged.is_some();
        let becomes = self.becomes(key, was.as_ref(), staged);
        match (&was, becomes.as_deref()) {
            (None, Some(_)) => self.merged.counts.added += 1,
            (Some(_), None) => self.merged.counts.removed += 1,
            (Some(was), Some(becomes)) if *was != *becomes => self.merged.counts.changed += 1,
            _ => {}
        }
        if let Some(entry) = over {
            let is_kept = becomes.is_some() && !is_staged;
            let key = RowKey::parse(key).ok_or_else(|| RowsError::Damaged("a key cannot be read".into()))?;
            self.merged.folded.push(Folded {
                document: entry.document.clone(),
                revision: entry.revision.clone(),
                name: name.to_owned(),
                key,
                is_kept,
            });
        }
        if let Some(payload) = becomes {
            self.builder.push(key, &payload)?;
        }
        Ok(())
    }

    fn becomes<'p>(&mut self, key: &[u8], was: Option<&'p Vec<u8>>, staged: Option<Vec<u8>>) -> Option<Cow<'p, [u8]>> {
        let was = was.map(|was| Cow::Borrowed(was.as_slice()));
        match self.mode {
            Mode::Upsert => staged.map(Cow::Owned).or(was),
            Mode::Replace => staged.map(Cow::Owned),
            Mode::Delete => {
                if staged.is_some() {
                    self.deleting = key.to_vec();
                }
                was.filter(|_| !self.is_deleted(key))
            }
        }
    }

    fn is_deleted(&self, key: &[u8]) -> bool {
        !self.deleting.is_empty() && key.starts_with(&self.deleting)
    }
}

/// The key of what a deletion names: it sorts before the rows that it means, and they begin with it.
pub(crate) fn deletion(key: &[u8]) -> Vec<u8> {
    let times = identity::split_key(key).map_or(0, |(_, _, times)| times.len());
    key.get(..key.len().saturating_sub(times)).unwrap_or_default().to_vec()
}
