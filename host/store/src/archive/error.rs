//! How copying a store fails.

use crate::{Key, StoreError};

/// A store that was not copied as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the backup: {0}")]
    File(#[from] std::io::Error),
    /// The file is no backup of a store.
    #[error("it is no backup of a store: {0}")]
    NotABackup(&'static str),
    /// The file was written by a version that this one does not know.
    #[error("the backup has format {found}; this version reads format {known}")]
    Format {
        /// The file's.
        found: u64,
        /// The one that is known.
        known: u64,
    },
    /// A line of the file is damaged.
    #[error("line {line} of the backup: {reason}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The file ends before its last line.
    #[error("the backup is cut off after line {0}")]
    CutOff(u64),
    /// The file's last line does not describe what is before it.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The store to write has something in it.
    #[error("the store is not empty: it has {}/{}/{}", .0.owner, .0.kind.name(), .0.id)]
    NotEmpty(Box<Key>),
    /// The store to write has an audit trail.
    #[error("the store is not empty: it has the stream {0}")]
    HasStream(crate::Name),
    /// The store to read or write holds what an interrupted copy left.
    #[error("the store has part of a copy that did not finish: empty it and copy again")]
    Unfinished,
    /// Blobs without all of their bytes.
    #[error("the blob {}/{} lacks chunk {index}", key.owner, key.id)]
    Chunk {
        /// Its document.
        key: Box<Key>,
        /// Counted from 0.
        index: u32,
    },
    /// What was copied is not what was to be copied. The copy is marked as unfinished.
    #[error("the copy differs: {copied} where there should be {expected}; was the store in use meanwhile?")]
    Differs {
        /// What was to be copied.
        expected: Box<crate::archive::Summary>,
        /// What was.
        copied: Box<crate::archive::Summary>,
    },
}
