//! Keys and values of a trial, in memory. Nothing expires in a trial.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use strowger_sandbox::{KeySpace, KeyValues, KvError};

type Map = BTreeMap<(String, String), Vec<u8>>;

/// All keys, by whose call it is.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Map>);

fn place(space: &KeySpace, key: &str) -> (String, String) {
    (space.owner.to_string(), key.to_owned())
}

/// Puts a value where the grant has room for it.
fn put(map: &mut Map, space: &KeySpace, key: &str, value: Vec<u8>) -> Result<(), KvError> {
    let place = place(space, key);
    let others = || map.iter().filter(|(known, _)| known.0 == place.0 && **known != place);
    let bytes: usize =
        others().map(|((_, key), value)| key.len() + value.len()).sum::<usize>() + key.len() + value.len();
    if u64::try_from(bytes).unwrap_or(u64::MAX) > space.quota.bytes {
        return Err(KvError::Quota(space.quota.bytes));
    }
    if u32::try_from(others().count()).unwrap_or(u32::MAX) >= space.quota.entries {
        return Err(KvError::Quota(space.quota.entries.into()));
    }
    map.insert(place, value);
    Ok(())
}

#[async_trait]
impl KeyValues for Keys {
    async fn get(&self, space: &KeySpace, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self.0.lock().get(&place(space, key)).cloned())
    }

    async fn set(&self, space: &KeySpace, key: &str, value: Vec<u8>, _: Option<Duration>) -> Result<(), KvError> {
        put(&mut self.0.lock(), space, key, value)
    }

    async fn delete(&self, space: &KeySpace, key: &str) -> Result<bool, KvError> {
        Ok(self.0.lock().remove(&place(space, key)).is_some())
    }

    async fn increment(&self, space: &KeySpace, key: &str, by: i64, _: Option<Duration>) -> Result<i64, KvError> {
        let mut map = self.0.lock();
        let number = |value: &Vec<u8>| std::str::from_utf8(value).ok()?.parse::<i64>().ok();
        let known = map.get(&place(space, key)).map_or(Some(0), number);
        let sum = known.and_then(|known| known.checked_add(by)).ok_or(KvError::NotANumber)?;
        put(&mut map, space, key, sum.to_string().into_bytes())?;
        Ok(sum)
    }

    async fn keys(
        &self,
        space: &KeySpace,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, KvError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(place(space, after)),
            _ => Bound::Included(place(space, prefix)),
        };
        let owner = space.owner.to_string();
        let map = self.0.lock();
        let keys = map.range((from, Bound::Unbounded)).map(|(key, _)| key);
        let keys = keys.take_while(|(of, key)| *of == owner && key.starts_with(prefix));
        Ok(keys.take(limit).map(|(_, key)| key.clone()).collect())
    }
}
