//! What plugins remember: whoever keeps it implements [`KeyValues`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use strowger_model::Owner;

use crate::grants::KvGrant;
use crate::module::PluginId;

/// Whose keys: an account's, of one plugin. All versions of a plugin share them; a plugin of the installation and an account's own of
/// the same name do not.
#[derive(Debug, Clone)]
pub struct KeySpace {
    /// Whose call it is.
    pub owner: Owner,
    /// Which plugin.
    pub plugin: Arc<PluginId>,
    /// How much it may keep.
    pub quota: KvGrant,
}

/// Why a key or value is not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KvError {
    /// More than the grant allows: its limit, of bytes or keys.
    #[error("all keys and values together would be more than {0} allow")]
    Quota(u64),
    /// More than a key or value may have: the limit in bytes.
    #[error("a key or value has more than {0} bytes")]
    TooLarge(u64),
    /// An increment of what is no number, or beyond the largest.
    #[error("the value is not a number that can be added to")]
    NotANumber,
    /// The store is not there, or busy.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
}

/// Keeps plugins' keys and values. Keys are checked before they come here: 1 to 400 bytes without control characters; values have up to
/// 1 MiB.
#[async_trait]
pub trait KeyValues: fmt::Debug + Send + Sync {
    /// The value of a key that exists and has not expired.
    async fn get(&self, space: &KeySpace, key: &str) -> Result<Option<Vec<u8>>, KvError>;

    /// Writes a value whole, or nothing of it.
    async fn set(&self, space: &KeySpace, key: &str, value: Vec<u8>, ttl: Option<Duration>) -> Result<(), KvError>;

    /// Whether there was one.
    async fn delete(&self, space: &KeySpace, key: &str) -> Result<bool, KvError>;

    /// Adds to a decimal number; a key that does not exist is 0 and gets `ttl`, one that does keeps its own.
    async fn increment(&self, space: &KeySpace, key: &str, by: i64, ttl: Option<Duration>) -> Result<i64, KvError>;

    /// Up to `limit` keys that begin with `prefix`, ascending, after `after`.
    async fn keys(
        &self,
        space: &KeySpace,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, KvError>;
}
