//! State behind one trait: documents with revisions, atomic batches, ordered scans, counters, leases, streams, blobs, a change feed.
//!
//! Nothing outside this crate knows which store it talks to.

pub mod archive;
mod batch;
mod blob;
mod bounds;
mod changes;
mod clock;
#[cfg(test)]
mod conformance;
mod decode;
mod document;
mod embedded;
mod error;
mod ext;
mod lease;
pub mod listing;
mod local;
mod mailbox;
mod memory;
pub mod numbers;
mod ordered;
mod record;
mod redis;
mod scan;
pub mod sealed;
mod stream;
mod switched;
mod walk;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use strowger_model::Owner;

pub use batch::{Author, Batch, MAX_BATCH, MAX_BODY, Write};
pub use blob::{Blob, BlobError, BlobReader, BlobWriter, CHUNK, MAX_BLOB, Upload, remove_blob};
pub use changes::{Change, Changes, History, Notice};
pub use clock::Clock;
pub use document::{Document, Expect, Key, Kind, Revision};
pub use embedded::RedbStore;
pub use error::StoreError;
pub use ext::StoreExt;
pub use lease::{Lease, Name};
pub use listing::Listing;
pub use mailbox::{MAX_MESSAGE, Mailbox};
pub use memory::MemoryStore;
pub use redis::{RedisConfig, RedisConfigError, RedisStore, Tls, Topology};
pub use scan::{Cursor, Direction, Order, Page, Scan};
pub use stream::{Entry, InvalidPosition, MAX_ENTRIES, Position};
pub use switched::SwitchedStore;

/// Most documents that one page of a scan holds.
pub const MAX_PAGE: usize = 1_000;

/// Changes that a receiver of the feed may fall behind by before it is told [`Notice::Missed`].
const FEED_CAPACITY: usize = 4_096;

/// What every store can do. Every write is durable when it returns. Where a method fails with [`StoreError::Unreachable`] or
/// [`StoreError::Overloaded`], a later try may succeed; whether the write happened is then not known, unless the method says so.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The document, if it exists and has not expired.
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError>;

    /// Applies the whole batch or nothing of it. Answers each document's new revision (`None` for a deletion), in order. A write sees
    /// what an earlier one of the batch wrote.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] names the first key whose expectation does not hold, [`StoreError::Fenced`] the lease that is lost;
    /// nothing is written then.
    async fn apply(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError>;

    /// One page of documents.
    async fn scan(&self, scan: &Scan) -> Result<Page, StoreError>;

    /// Owners that have anything in the store, and perhaps some that had, ascending, from `after` (exclusive) on.
    async fn owners(&self, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError>;

    /// Every change committed from now on.
    fn changes(&self) -> Changes;

    /// What an owner's kept feed says after a position (from its beginning, where none is given), at most `limit` changes. At least
    /// the last 1,000 changes of an owner are kept.
    async fn history(&self, owner: Owner, after: Option<u64>, limit: usize) -> Result<History, StoreError>;

    /// Adds to a counter and answers its new value; one that does not exist is 0. `lifetime`, counted from the addition that made
    /// the counter, ends it.
    async fn count(&self, counter: &Name, by: i64, lifetime: Option<Duration>) -> Result<i64, StoreError>;

    /// Takes a lease that nobody holds, or extends it where `holder` has it already; none where somebody else holds it. Each time it
    /// changes hands, or was lost in between, the fencing token is a new and larger one.
    async fn acquire(&self, name: &Name, holder: &str, lifetime: Duration) -> Result<Option<Lease>, StoreError>;

    /// Extends a lease; false where it is lost.
    async fn renew(&self, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError>;

    /// Gives a lease back, if it is still held.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// The lease of that name, if somebody holds it.
    async fn held(&self, name: &Name) -> Result<Option<Lease>, StoreError>;

    /// Appends to a stream and answers where the entries stand. The stream keeps at least its last `keep` entries, and not many more.
    async fn append(&self, stream: &Name, entries: Vec<Value>, keep: usize) -> Result<Vec<Position>, StoreError>;

    /// Appends entries at the positions that they have, ascending: for restoring a backup, and for nothing else. Those that are not
    /// beyond the stream's last one are left out.
    async fn append_at(&self, stream: &Name, entries: Vec<Entry>) -> Result<(), StoreError>;

    /// Up to `limit` entries (never more than [`MAX_ENTRIES`]), beyond `after` in that direction, or from the stream's end on that side.
    async fn read(
        &self,
        stream: &Name,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Names of the streams of an owner, ascending, from `after` (exclusive) on.
    async fn streams(&self, owner: Owner, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError>;

    /// Stores one chunk of an upload; the first one begins it. See [`Upload`] for how long it stays.
    async fn put_chunk(&self, upload: &Upload, index: u32, chunk: Bytes) -> Result<(), StoreError>;

    /// One chunk of an upload, if it is there.
    async fn chunk(&self, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError>;

    /// Sends a message to whoever has that mailbox open, in any process. It may be lost.
    async fn post(&self, mailbox: &str, message: Bytes) -> Result<(), StoreError>;

    /// Opens a mailbox. What is sent once this has returned arrives.
    async fn mailbox(&self, name: &str) -> Result<Mailbox, StoreError>;

    /// Whether other processes may have the store open too.
    fn is_shared(&self) -> bool;

    /// Finishes what was accepted; later writes are refused.
    async fn close(&self);
}
