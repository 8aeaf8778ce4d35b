//! How selector rows fail.

use strowger_store::{BlobError, Revision, StoreError};

/// A refusal or a failure.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RowsError {
    /// There is no such row.
    #[error("there is no such row")]
    NotFound,
    /// The row has another revision than the caller expects.
    #[error("the row has revision {current}")]
    Changed {
        /// The one it has.
        current: Revision,
    },
    /// There is a row of that identity already.
    #[error("there is another row of that name, resource, selector and times")]
    Exists,
    /// A row that no table can hold.
    #[error("{0}")]
    Invalid(String),
    /// More than an owner may have.
    #[error("{what}: at most {most}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: u64,
    },
    /// What is stored is not what was written.
    #[error("selector rows are damaged: {0}")]
    Damaged(String),
    /// Others changed the same rows again and again; a later try may succeed.
    #[error("the rows are being changed by others")]
    Contended,
    /// The store's own failure.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BlobError> for RowsError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(error) => Self::Store(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}
