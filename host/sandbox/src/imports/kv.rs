//! `kv`: the account's own keys.

use std::sync::Arc;
use std::time::Duration;

use crate::bindings::call_hook::strowger::plugin::kv::{Error, Host};
use crate::key_values::{KeySpace, KeyValues, KvError};
use crate::state::State;

/// Bytes of a key.
const MAX_KEY: usize = 400;
/// Bytes of a value.
const MAX_VALUE: usize = 1 << 20;
/// Keys that one call lists.
const MAX_LISTED: u32 = 1_000;

type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// The keys that an instance may use.
pub(crate) struct Remembered {
    pub(crate) keeper: Arc<dyn KeyValues>,
    pub(crate) space: KeySpace,
}

impl From<KvError> for Error {
    fn from(error: KvError) -> Self {
        match error {
            KvError::Quota(limit) => Self::Quota(limit),
            KvError::TooLarge(limit) => Self::TooLarge(limit),
            KvError::NotANumber => Self::NotANumber,
            KvError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

fn check_key(key: &str) -> Result<(), Error> {
    if key.len() > MAX_KEY {
        return Err(Error::TooLarge(400));
    }
    if key.is_empty() || key.contains(char::is_control) { Err(Error::BadKey) } else { Ok(()) }
}

/// What was to live for no time at all lives for a second: no store forgets faster.
fn lifetime(ttl: Option<u32>) -> Option<Duration> {
    ttl.map(|seconds| Duration::from_secs(seconds.max(1).into()))
}

impl State {
    fn remembered(&mut self) -> Result<&Remembered, Error> {
        self.remembered.as_ref().ok_or(Error::Denied)
    }

    fn remembered_at(&mut self, key: &str) -> Result<&Remembered, Error> {
        check_key(key)?;
        self.remembered()
    }
}

impl Host for State {
    async fn get(&mut self, key: String) -> Answer<Option<Vec<u8>>> {
        self.count_host_call()?;
        let Remembered { keeper, space } = match self.remembered_at(&key) {
            Ok(remembered) => remembered,
            Err(error) => return Ok(Err(error)),
        };
        Ok(keeper.get(space, &key).await.map_err(Error::from))
    }

    async fn set(&mut self, key: String, value: Vec<u8>, ttl: Option<u32>) -> Answer<()> {
        self.count_host_call()?;
        if value.len() > MAX_VALUE {
            return Ok(Err(Error::TooLarge(1 << 20)));
        }
        let Remembered { keeper, space } = match self.remembered_at(&key) {
            Ok(remembered) => remembered,
            Err(error) => return Ok(Err(error)),
        };
        Ok(keeper.set(space, &key, value, lifetime(ttl)).await.map_err(Error::from))
    }

    async fn delete(&mut self, key: String) -> Answer<bool> {
        self.count_host_call()?;
        let Remembered { keeper, space } = match self.remembered_at(&key) {
            Ok(remembered) => remembered,
            Err(error) => return Ok(Err(error)),
        };
        Ok(keeper.delete(space, &key).await.map_err(Error::from))
    }

    async fn increment(&mut self, key: String, by: i64, ttl: Option<u32>) -> Answer<i64> {
        self.count_host_call()?;
        let Remembered { keeper, space } = match self.remembered_at(&key) {
            Ok(remembered) => remembered,
            Err(error) => return Ok(Err(error)),
        };
        Ok(keeper.increment(space, &key, by, lifetime(ttl)).await.map_err(Error::from))
    }

    async fn keys(&mut self, prefix: String, after: Option<String>, limit: u32) -> Answer<Vec<String>> {
        self.count_host_call()?;
        let limit = usize::try_from(limit.min(MAX_LISTED)).unwrap_or(0);
        let Remembered { keeper, space } = match self.remembered() {
            Ok(remembered) => remembered,
            Err(error) => return Ok(Err(error)),
        };
        if prefix.len() > MAX_KEY || after.as_ref().is_some_and(|after| after.len() > MAX_KEY) {
            return Ok(Err(Error::TooLarge(400)));
        }
        Ok(keeper.keys(space, &prefix, after.as_deref(), limit).await.map_err(Error::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_plain() {
        assert!(matches!(check_key(""), Err(Error::BadKey)));
        assert!(matches!(check_key("a\nb"), Err(Error::BadKey)));
        assert!(matches!(check_key(&"k".repeat(401)), Err(Error::TooLarge(400))));
        assert!(check_key(&"k".repeat(400)).is_ok());
        assert!(check_key("calls/+1512").is_ok());
    }
}
