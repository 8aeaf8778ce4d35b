//! Reading a blob back.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use strowger_model::Owner;

use super::{Blob, BlobError, Upload, hex};
use crate::{Key, MAX_BLOB, Store};

/// The bytes of a blob, chunk by chunk, checked against their description.
pub struct BlobReader {
    store: Arc<dyn Store>,
    upload: Upload,
    blob: Blob,
    next: u32,
    size: u64,
    digest: Sha256,
}

impl BlobReader {
    /// Begins to read what a document of [`crate::Kind::Blob`] describes; none where it does not exist.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] where the document describes no blob, and the store's.
    pub async fn open(store: Arc<dyn Store>, key: &Key) -> Result<Option<Self>, BlobError> {
        let Some(document) = store.get(key).await? else { return Ok(None) };
        let blob: Blob = document.decode().map_err(|error| BlobError::Damaged(error.to_string()))?;
        Ok(Some(Self::of(store, key.owner, blob)))
    }

    /// Begins to read what is described so, whether or not a document describes it.
    #[must_use]
    pub fn of(store: Arc<dyn Store>, owner: Owner, blob: Blob) -> Self {
        let upload = Upload { owner, id: blob.upload.clone() };
        Self { store, upload, blob, next: 0, size: 0, digest: Sha256::new() }
    }

    /// The description.
    #[must_use]
    pub fn blob(&self) -> &Blob {
        &self.blob
    }

    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// [`BlobError::Gone`] where it was replaced meanwhile, [`BlobError::Damaged`] where the bytes are not those that were written:
    /// what was read before is not to be used then. The store's.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BlobError> {
        if u64::from(self.next) == self.blob.chunks() {
            return Ok(None);
        }
        let chunk = self.store.chunk(&self.upload, self.next).await?.ok_or(BlobError::Gone)?;
        self.next += 1;
        self.size += chunk.len() as u64;
        self.digest.update(&chunk);
        if u64::from(self.next) == self.blob.chunks() {
            self.check()?;
        }
        Ok(Some(chunk))
    }

    fn check(&mut self) -> Result<(), BlobError> {
        if self.size != self.blob.size {
            return Err(BlobError::Damaged(format!("it has {} bytes, not {}", self.size, self.blob.size)));
        }
        if hex(std::mem::take(&mut self.digest).finalize()) != self.blob.digest {
            return Err(BlobError::Damaged("its digest is another".into()));
        }
        Ok(())
    }

    /// All bytes at once.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn read_all(mut self) -> Result<Bytes, BlobError> {
        // As many as there are: what grows as it goes takes up to twice that, for as long as the bytes are kept.
        let mut all = BytesMut::with_capacity(usize::try_from(self.blob.size.min(MAX_BLOB)).unwrap_or(0));
        while let Some(chunk) = self.next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}
