//! Conveniences over [`Store`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;
use strowger_model::Owner;

use crate::{Batch, Document, Expect, Key, Kind, Revision, Scan, Store, StoreError, Write};

/// Conveniences over [`Store`].
#[async_trait]
pub trait StoreExt: Store {
    /// Applies all writes, which are of one owner, or none.
    ///
    /// # Errors
    /// Those of [`Store::apply`].
    async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError> {
        self.apply(Batch::of(writes)).await
    }

    /// Applies the writes of each owner on their own, all or none of one owner's.
    ///
    /// # Errors
    /// The first one; the writes of owners that come later are not tried then.
    async fn commit_each(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut owners: BTreeMap<Owner, Vec<Write>> = BTreeMap::new();
        for write in writes {
            owners.entry(write.key.owner).or_default().push(write);
        }
        for writes in owners.into_values() {
            self.commit(writes).await?;
        }
        Ok(())
    }

    /// Writes one document.
    ///
    /// # Errors
    /// Those of [`Store::apply`].
    async fn put(&self, key: Key, body: Value, expect: Expect) -> Result<Revision, StoreError> {
        let revisions = self.commit(vec![Write::put(key, body, expect)]).await?;
        revisions.into_iter().next().flatten().ok_or(StoreError::Fault("a put answered no revision".into()))
    }

    /// Removes one document.
    ///
    /// # Errors
    /// Those of [`Store::apply`].
    async fn delete(&self, key: Key, expect: Expect) -> Result<(), StoreError> {
        self.commit(vec![Write::delete(key, expect)]).await.map(drop)
    }

    /// Every document that a scan finds, whatever its limit, which is the size of the pages it is read in.
    ///
    /// # Errors
    /// Those of [`Store::scan`].
    async fn collect(&self, mut scan: Scan) -> Result<Vec<Document>, StoreError> {
        let mut documents = Vec::new();
        loop {
            let page = self.scan(&scan).await?;
            documents.extend(page.documents);
            match page.next {
                Some(next) => scan.after = Some(next),
                None => return Ok(documents),
            }
        }
    }

    /// Every document of one owner and kind, ascending by id.
    ///
    /// # Errors
    /// Those of [`Store::scan`].
    async fn all(&self, owner: Owner, kind: Kind) -> Result<Vec<Document>, StoreError> {
        self.collect(Scan::of(owner, kind)).await
    }
}

impl<S: Store + ?Sized> StoreExt for S {}
