//! Uploading a blob and describing it.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use serde_json::Value;
use sha2::{Digest, Sha256};
use strowger_model::Sid;

use super::{Blob, BlobError, CHUNK, MAX_BLOB, Upload, hex};
use crate::{Author, Batch, Document, Expect, Key, Revision, Store, StoreError, Write};

/// How often a commit is tried where others replace the same blob.
const TRIES: usize = 8;

/// Bytes on their way into the store. What is not committed goes by itself.
pub struct BlobWriter {
    store: Arc<dyn Store>,
    key: Key,
    upload: Upload,
    waiting: BytesMut,
    next: u32,
    size: u64,
    digest: Sha256,
}

impl BlobWriter {
    /// Begins to upload what the document of that key, of [`crate::Kind::Blob`], is to describe.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, key: Key) -> Self {
        let upload = Upload { owner: key.owner, id: Sid::random().to_string() };
        let (waiting, digest) = (BytesMut::new(), Sha256::new());
        Self { store, key, upload, waiting, next: 0, size: 0, digest }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`], and the store's.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > MAX_BLOB {
            return Err(BlobError::TooLarge);
        }
        self.digest.update(bytes);
        while !bytes.is_empty() {
            let (taken, rest) = bytes.split_at(bytes.len().min(CHUNK - self.waiting.len()));
            self.waiting.extend_from_slice(taken);
            bytes = rest;
            if self.waiting.len() == CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let chunk: Bytes = self.waiting.split().freeze();
        self.store.put_chunk(&self.upload, self.next, chunk).await?;
        self.next += 1;
        Ok(())
    }

    /// Bytes that were added.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Describes the bytes in the document and keeps them, in place of those that it described before.
    ///
    /// # Errors
    /// The store's; [`StoreError::Conflict`] where others go on replacing the same blob.
    pub async fn commit(mut self, author: Option<Author>) -> Result<(Blob, Revision), BlobError> {
        let (blob, body) = self.describe().await?;
        let put = |expect| Write::put(self.key.clone(), body.clone(), expect);
        let revisions = replace(&*self.store, &self.key, put, Some(&self.upload), author).await?;
        let revision = revisions.into_iter().next().flatten();
        Ok((blob, revision.ok_or(StoreError::Fault("a put answered no revision".into()))?))
    }

    /// The description, the write that stores it where there is none yet, and the upload that is to be kept in the same batch: for
    /// a blob that is committed together with other documents.
    ///
    /// # Errors
    /// The store's.
    pub async fn finish(mut self) -> Result<(Blob, Write, Upload), BlobError> {
        let (blob, body) = self.describe().await?;
        Ok((blob, Write::put(self.key, body, Expect::Absent), self.upload))
    }

    async fn describe(&mut self) -> Result<(Blob, Value), BlobError> {
        if !self.waiting.is_empty() || self.next == 0 {
            self.flush().await?;
        }
        let digest = hex(std::mem::take(&mut self.digest).finalize());
        let blob = Blob { upload: self.upload.id.clone(), size: self.size, digest };
        let body = serde_json::to_value(&blob).map_err(|error| BlobError::Damaged(error.to_string()))?;
        Ok((blob, body))
    }

    /// What of it has arrived in the store.
    #[must_use]
    pub fn upload(&self) -> &Upload {
        &self.upload
    }
}

/// Removes a blob's description and its bytes, if they are there.
///
/// # Errors
/// The store's; [`StoreError::Conflict`] where others go on replacing the same blob.
pub async fn remove_blob(store: &dyn Store, key: &Key, author: Option<Author>) -> Result<(), BlobError> {
    let delete = |expect| Write::delete(key.clone(), expect);
    replace(store, key, delete, None, author).await.map(drop)
}

/// Writes the description over the one that it finds, whose bytes go in the same step.
async fn replace(
    store: &dyn Store,
    key: &Key,
    write: impl Fn(Expect) -> Write,
    keep: Option<&Upload>,
    author: Option<Author>,
) -> Result<Vec<Option<Revision>>, BlobError> {
    for _ in 1..TRIES {
        match replace_once(store, key, &write, keep, author.clone()).await {
            Err(BlobError::Store(StoreError::Conflict(_))) => {}
            outcome => return outcome,
        }
    }
    replace_once(store, key, &write, keep, author).await
}

async fn replace_once(
    store: &dyn Store,
    key: &Key,
    write: &impl Fn(Expect) -> Write,
    keep: Option<&Upload>,
    author: Option<Author>,
) -> Result<Vec<Option<Revision>>, BlobError> {
    let (expect, discard) = match store.get(key).await? {
        None => (Expect::Absent, Vec::new()),
        Some(document) => (Expect::Revision(document.revision.clone()), vec![described(document)?]),
    };
    let batch =
        Batch { writes: vec![write(expect)], author, keep: keep.into_iter().cloned().collect(), discard, fence: None };
    Ok(store.apply(batch).await?)
}

fn described(document: Document) -> Result<Upload, BlobError> {
    let blob: Blob = document.decode().map_err(|error| BlobError::Damaged(error.to_string()))?;
    Ok(Upload { owner: document.key.owner, id: blob.upload })
}
