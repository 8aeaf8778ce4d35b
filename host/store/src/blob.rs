//! Bytes too large for a document, in chunks. [`BlobWriter`] uploads them and commits their description, [`BlobReader`] reads them.

mod error;
mod reader;
mod writer;

use serde::{Deserialize, Serialize};
use strowger_model::Owner;

pub use error::BlobError;
pub use reader::BlobReader;
pub use writer::{BlobWriter, remove_blob};

/// Bytes of a chunk; the last one of an upload may have fewer.
pub const CHUNK: usize = 256 << 10;

/// Largest blob.
pub const MAX_BLOB: u64 = 64 << 20;

/// Chunks on their way into the store. They stay only if a batch keeps them ([`crate::Batch::keep`]); otherwise they go within the hour,
/// whatever became of who sent them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Upload {
    /// Whose it is.
    pub owner: Owner,
    /// Its id: 1 to 64 bytes of letters, digits and `-`.
    pub id: String,
}

/// What a document of [`crate::Kind::Blob`] says of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// The upload that has them.
    pub upload: String,
    /// How many.
    pub size: u64,
    /// SHA-256 in hex.
    pub digest: String,
}

impl Blob {
    /// How many chunks have its bytes. An empty blob has an empty one, since the first chunk begins an upload.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.size.div_ceil(CHUNK as u64).max(1)
    }
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
