//! Why something cannot be done with a task.

use strowger_rows::RowsError;
use strowger_store::{BlobError, StoreError};

use super::Status;
use crate::table::{FileError, FormatError, HeaderError};

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// There is no such task.
    #[error("there is no such task")]
    Unknown,
    /// It stands where that cannot be done.
    #[error("the task is {}", .0.name())]
    Status(Status),
    /// Its rows are being made visible.
    #[error("the task's rows are being published")]
    Publishing,
    /// There are so many tasks already that are not over.
    #[error("there are {0} tasks that are not over")]
    TooMany(usize),
    /// The file has more bytes than that.
    #[error("a file has at most {0} bytes")]
    TooLarge(u64),
    /// The file is no table of selector rows.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file has no row.
    #[error("the file has no row")]
    NoRows,
    /// Reading was interrupted.
    #[error("the work was interrupted")]
    Interrupted,
    /// Its bytes are not what they were.
    #[error(transparent)]
    Blob(BlobError),
    /// The selector rows.
    #[error(transparent)]
    Rows(RowsError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BlobError> for TaskError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(error) => Self::Store(error),
            error => Self::Blob(error),
        }
    }
}

impl From<RowsError> for TaskError {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::Store(error) => Self::Store(error),
            error => Self::Rows(error),
        }
    }
}

impl From<FormatError> for TaskError {
    fn from(error: FormatError) -> Self {
        Self::File(error.into())
    }
}

impl From<HeaderError> for TaskError {
    fn from(error: HeaderError) -> Self {
        Self::File(error.into())
    }
}
