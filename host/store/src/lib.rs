//! State behind one small trait: documents with revisions, atomic batches, range scans, a change feed.
//!
//! Nothing outside this crate knows which store it talks to.

mod batch;
#[cfg(test)]
mod conformance;
mod document;
mod embedded;
mod error;
mod memory;
mod record;

use async_trait::async_trait;
use tokio::sync::broadcast;

pub use batch::MAX_BATCH;
pub use document::{Change, Cursor, Direction, Document, Expect, Key, Kind, Page, Revision, Write};
pub use embedded::RedbStore;
pub use error::StoreError;
pub use memory::MemoryStore;

/// Most documents that one page of a scan holds.
pub const MAX_PAGE: usize = 1_000;

/// Changes that a receiver of the feed may fall behind by before it lags.
const FEED_CAPACITY: usize = 4_096;

/// What every store can do. All writes are durable when they return.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The document, if it exists.
    async fn get(&self, key: &Key) -> Result<Option<Document>, StoreError>;

    /// Applies all writes or none. Answers each document's new revision (`None` for a deletion), in order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] names the first key whose expectation does not hold; nothing is written then.
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError>;

    /// Up to `limit` documents (never more than [`MAX_PAGE`]) of one owner and kind in the order of their ids, from `from` (exclusive) on.
    async fn scan(
        &self,
        owner: strowger_model::Owner,
        kind: Kind,
        from: Option<&Cursor>,
        direction: Direction,
        limit: usize,
    ) -> Result<Page, StoreError>;

    /// Every change committed from now on, in order. A receiver that lags reads everything anew.
    fn changes(&self) -> broadcast::Receiver<Change>;
}

/// Conveniences over [`Store`].
#[async_trait]
pub trait StoreExt: Store {
    /// Writes one document.
    async fn put(&self, key: Key, body: serde_json::Value, expect: Expect) -> Result<Revision, StoreError> {
        let revisions = self.commit(vec![Write::put(key, body, expect)]).await?;
        revisions.into_iter().next().flatten().ok_or(StoreError::Fault("a put answered no revision".into()))
    }

    /// Removes one document.
    async fn delete(&self, key: Key, expect: Expect) -> Result<(), StoreError> {
        self.commit(vec![Write::delete(key, expect)]).await.map(drop)
    }

    /// Every document of one owner and kind, ascending by id.
    async fn all(&self, owner: strowger_model::Owner, kind: Kind) -> Result<Vec<Document>, StoreError> {
        let mut documents = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.scan(owner, kind, cursor.as_ref(), Direction::Ascending, MAX_PAGE).await?;
            documents.extend(page.documents);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(documents),
            }
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}
