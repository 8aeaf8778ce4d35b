//! How a folder of compiled code fails.

use std::io;

/// Why compiled code cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The folder or a file in it.
    #[error("compiled code {path}: {source}")]
    File {
        /// What was read or written.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Others could put code into it.
    #[error(
        "compiled code {0}: the folder can be written by others than its owner; take the permission away (chmod go-w)"
    )]
    Writable(String),
    /// The key file has something else in it.
    #[error(
        "key of compiled code {0}: it has not the 32 bytes of a key; remove it, and what was compiled is compiled anew"
    )]
    Key(String),
    /// The digest of a component is 64 hex digits.
    #[error("'{0}' is not the digest of a component")]
    Digest(String),
}

impl CodeError {
    pub(crate) fn file(path: impl std::fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_string();
        move |source| Self::File { path, source }
    }
}
