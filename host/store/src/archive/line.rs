//! A backup's lines of JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::{AccountId, Owner};

use super::item::Item;
use crate::{Document, Entry, Key, Kind, Name, Revision, Upload};

/// What the first line says the file is.
pub(super) const WHAT: &str = "strowger backup";

/// The version of the lines.
pub(super) const FORMAT: u64 = 1;

/// A line. The first one is [`Line::Header`], the last one [`Line::End`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    Header { what: String, format: u64, created: String },
    Document(DocumentLine),
    Chunk { owner: String, upload: String, index: u32, bytes: String },
    Entry { owner: String, stream: String, position: String, body: Value },
    End { documents: u64, entries: u64, chunks: u64, digest: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentLine {
    owner: String,
    kind: Kind,
    id: String,
    revision: Revision,
    /// Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
    body: Value,
}

impl From<Item> for Line {
    fn from(item: Item) -> Self {
        match item {
            Item::Document(Document { key, revision, body, expires }) => Self::Document(DocumentLine {
                owner: key.owner.to_string(),
                kind: key.kind,
                id: key.id,
                revision,
                expires: expires.map(milliseconds),
                body,
            }),
            Item::Chunk { upload, index, bytes } => {
                Self::Chunk { owner: upload.owner.to_string(), upload: upload.id, index, bytes: BASE64.encode(bytes) }
            }
            Item::Entry { stream, entry } => Self::Entry {
                owner: stream.owner.to_string(),
                stream: stream.name,
                position: entry.position.to_string(),
                body: entry.body,
            },
        }
    }
}

impl Line {
    /// The piece of a store that the line is.
    pub(super) fn item(self) -> Result<Item, &'static str> {
        match self {
            Self::Header { .. } | Self::End { .. } => Err("only the first and the last line are about the file"),
            Self::Document(DocumentLine { owner, kind, id, revision, expires, body }) => {
                let key = Key::new(owner_of(&owner)?, kind, id);
                let expires = expires.map(|end| UNIX_EPOCH.checked_add(Duration::from_millis(end)));
                let expires = expires.map(|end| end.ok_or("an end beyond all times")).transpose()?;
                Ok(Item::Document(Document { key, revision, body, expires }))
            }
            Self::Chunk { owner, upload, index, bytes } => {
                let bytes = BASE64.decode(bytes).map_err(|_| "a chunk that is not base64")?.into();
                Ok(Item::Chunk { upload: Upload { owner: owner_of(&owner)?, id: upload }, index, bytes })
            }
            Self::Entry { owner, stream, position, body } => {
                let position = position.parse().map_err(|_| "a position is MILLISECOND-NUMBER")?;
                Ok(Item::Entry { stream: Name::new(owner_of(&owner)?, stream), entry: Entry { position, body } })
            }
        }
    }
}

fn owner_of(text: &str) -> Result<Owner, &'static str> {
    match text {
        "system" => Ok(Owner::System),
        account => account.parse::<AccountId>().map(Owner::Account).map_err(|_| "an owner is 'system' or an account"),
    }
}

fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
