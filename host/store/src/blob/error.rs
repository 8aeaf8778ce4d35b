//! How blobs fail.

use crate::{MAX_BLOB, StoreError};

/// A blob that cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BlobError {
    /// More bytes than a blob holds.
    #[error("a blob has at most {MAX_BLOB} bytes")]
    TooLarge,
    /// It was replaced or removed while it was read.
    #[error("the blob was replaced or removed while it was read")]
    Gone,
    /// Its bytes are not those that were written.
    #[error("the blob is damaged: {0}")]
    Damaged(String),
    /// The store's own failure.
    #[error(transparent)]
    Store(#[from] StoreError),
}
