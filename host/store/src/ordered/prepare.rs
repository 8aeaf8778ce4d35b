//! What can be done for a batch without looking at the store: its bounds, its bytes, its digests. The writer does only the rest.

use strowger_model::Owner;

use crate::clock::Moment;
use crate::listing::{self, ListingEntry};
use crate::record::digest;
use crate::{Author, Batch, Expect, Key, Lease, Revision, StoreError, Upload, Write, bounds};

use super::keys;

/// A batch within bounds, of one owner.
pub(super) struct Prepared {
    pub(super) owner: Owner,
    pub(super) writes: Vec<PreparedWrite>,
    pub(super) fence: Option<Lease>,
    pub(super) author: Option<Author>,
    pub(super) keep: Vec<Upload>,
    pub(super) discard: Vec<Upload>,
}

pub(super) struct PreparedWrite {
    pub(super) key: Key,
    pub(super) at: Vec<u8>,
    pub(super) expect: Expect,
    /// None removes the document.
    pub(super) content: Option<Content>,
}

pub(super) struct Content {
    pub(super) body: Vec<u8>,
    pub(super) digest: String,
    pub(super) listed: Vec<ListingEntry>,
    pub(super) expires: Option<Moment>,
    pub(super) revision: Option<Revision>,
}

/// None where the batch is empty.
pub(super) fn prepare(batch: Batch) -> Result<Option<Prepared>, StoreError> {
    let Some(owner) = batch.owner()? else { return Ok(None) };
    for name in batch.fence.iter().map(|lease| &lease.name).chain(batch.author.iter().map(|author| &author.stream)) {
        bounds::name(name)?;
    }
    for upload in batch.keep.iter().chain(&batch.discard) {
        bounds::upload(upload)?;
    }
    let Batch { writes, fence, author, keep, discard } = batch;
    let writes = writes.into_iter().map(prepare_write).collect::<Result<_, _>>()?;
    Ok(Some(Prepared { owner, writes, fence, author, keep, discard }))
}

fn prepare_write(write: Write) -> Result<PreparedWrite, StoreError> {
    let Write { key, body, expect, expires, revision } = write;
    bounds::id(&key.id)?;
    let content = match body {
        None => None,
        Some(value) => {
            let body = bounds::body(&value)?;
            let listed = listing::entries(key.kind, &value);
            Some(Content { digest: digest(&body), body, listed, expires: expires.map(Moment::of), revision })
        }
    };
    Ok(PreparedWrite { at: keys::document(&key), key, expect, content })
}
