//! The first argument of the scripts that change documents.

use serde::Serialize;
use strowger_model::Owner;

use super::keys::Keys;
use crate::{Batch, Kind, Listing, StoreError};

/// Changes of an owner that the feed keeps, at least.
const FEED_KEPT: usize = 10_000;

/// Entries that an author's stream keeps, at least.
const AUDIT_KEPT: usize = 10_000;

/// Most changes of one batch that are told one by one.
const ONE_BY_ONE: usize = 256;

/// Milliseconds that an answer is remembered: longer than a request is tried anew.
pub(super) const REMEMBERED: u64 = 30_000;

/// What the scripts that change documents are told, as JSON. What is not there is left out, since Lua takes `null` for true.
#[derive(Serialize)]
pub(super) struct Head {
    commit: String,
    channel: String,
    owner: String,
    feed_kept: usize,
    one_by_one: usize,
    kinds: Vec<&'static str>,
    listings: [&'static str; Listing::ALL.len()],
    #[serde(flatten)]
    batch: Option<BatchHead>,
    /// How many documents a sweep ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<usize>,
}

#[derive(Serialize)]
struct BatchHead {
    writes: usize,
    keep: usize,
    discard: usize,
    audit_kept: usize,
    remembered: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
}

impl Head {
    pub(super) fn new(keys: &Keys, owner: Owner, commit: &str, kinds: &[Kind]) -> Self {
        Self {
            commit: commit.to_owned(),
            channel: keys.changes(),
            owner: owner.to_string(),
            feed_kept: FEED_KEPT,
            one_by_one: ONE_BY_ONE,
            kinds: kinds.iter().map(|kind| kind.name()).collect(),
            listings: Listing::ALL.map(Listing::name),
            batch: None,
            most: None,
        }
    }

    pub(super) fn of(self, batch: &Batch) -> Self {
        let batch = BatchHead {
            writes: batch.writes.len(),
            keep: batch.keep.len(),
            discard: batch.discard.len(),
            audit_kept: AUDIT_KEPT,
            // A large one may be tried for as long again.
            remembered: REMEMBERED + batch.writes.len() as u64,
            token: batch.fence.as_ref().map(|lease| lease.token.to_string()),
            by: batch.author.as_ref().map(|author| author.by.to_string()),
            stream: batch.author.as_ref().map(|author| author.stream.name.clone()),
        };
        Self { batch: Some(batch), ..self }
    }

    pub(super) fn at_most(self, most: usize) -> Self {
        Self { most: Some(most), ..self }
    }

    pub(super) fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Fault(error.to_string()))
    }
}
