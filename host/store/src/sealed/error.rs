//! How a keyring fails.

use std::path::PathBuf;

use crate::StoreError;

/// A keyring that cannot be used. No key is ever repeated.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file cannot be read or written.
    #[error("the key file {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than the file's owner may read or write it.
    #[error("the key file {} has mode {mode:04o}: nobody but its owner may read or write it (chmod 600)", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line breaks a rule.
    #[error("line {line} of the keyring: {rule}")]
    Invalid {
        /// Counted from 1.
        line: usize,
        /// The rule.
        rule: &'static str,
    },
    /// There is no key in it.
    #[error("the keyring has no key")]
    Empty,
    /// No key has that id.
    #[error("the keyring has no key {0}")]
    NoSuchKey(String),
    /// The store's secrets are sealed with another keyring's keys.
    #[error("the keyring does not open this store: {0}")]
    Foreign(String),
    /// Somebody else is sealing the store's secrets anew.
    #[error("another rotation of this store's keys is under way")]
    UnderWay,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
