//! What was copied.

use std::fmt;

/// What was copied, or found. Two stores with the same summary have the same content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Documents.
    pub documents: u64,
    /// Entries of streams.
    pub entries: u64,
    /// Chunks of blobs.
    pub chunks: u64,
    /// SHA-256 in hex over all of that.
    pub digest: String,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, entries, chunks, digest } = self;
        write!(f, "{documents} documents, {entries} entries of streams, {chunks} chunks of blobs, SHA-256 {digest}")
    }
}
