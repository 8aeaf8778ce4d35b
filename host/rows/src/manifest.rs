//! The document of a table: which parts it has.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use strowger_model::{Owner, Sid};
use strowger_store::{Document, Expect, Key, Kind, StoreError, Write};

use crate::publication::Published;
use crate::row::hex;

/// Ids of the documents that say that a publication is done.
const DONE: &str = "published:";

/// A table's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The name of the rows.
    pub(crate) name: String,
    /// Ids of the blobs that have the parts, ascending by their keys.
    pub(crate) parts: Vec<String>,
}

impl Manifest {
    /// A name can be longer than an id may be, and hold what an id must not.
    pub(crate) fn key(owner: Owner, name: &str) -> Key {
        Key::new(owner, Kind::SelectorTable, format!("table:{}", hex(&Sha256::digest(name), 32)))
    }

    /// None where the document is about something else.
    pub(crate) fn read(document: &Document) -> Result<Option<Self>, StoreError> {
        if is_done(&document.key) { Ok(None) } else { document.decode().map(Some) }
    }

    pub(crate) fn write(&self, owner: Owner, expect: Expect) -> Write {
        let key = Self::key(owner, &self.name);
        if self.parts.is_empty() { Write::delete(key, expect) } else { Write::put(key, json!(self), expect) }
    }
}

/// Where a part is to lie.
pub(crate) fn part_key(owner: Owner) -> Key {
    Key::new(owner, Kind::Blob, format!("selector_rows:part:{}", Sid::random()))
}

/// Where it is written down that a publication is done.
pub(crate) fn done_key(owner: Owner, publication: &str) -> Key {
    Key::new(owner, Kind::SelectorTable, format!("{DONE}{publication}"))
}

pub(crate) fn is_done(key: &Key) -> bool {
    is_mark(&key.id)
}

/// Whether the id of a document of [`Kind::SelectorTable`] is that of a mark which says that a publication is done, and of no table.
#[must_use]
pub fn is_mark(id: &str) -> bool {
    id.starts_with(DONE)
}

pub(crate) fn done(document: &Document) -> Result<Published, StoreError> {
    document.decode()
}
