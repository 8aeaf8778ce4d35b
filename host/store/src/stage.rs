//! One batch against the state it finds: all of its expectations hold, or it is a conflict.

use std::collections::HashMap;

use crate::record::{encode, key_bytes, next_revision, revision_of};
use crate::{Expect, Key, Revision, StoreError, Write};

/// A write whose expectation held.
pub(crate) struct Staged {
    pub(crate) key: Key,
    pub(crate) key_bytes: Vec<u8>,
    /// The new record; `None` removes it.
    pub(crate) record: Option<Vec<u8>>,
    pub(crate) revision: Option<Revision>,
    /// False for the removal of what does not exist.
    pub(crate) changes: bool,
}

/// Checks a batch; `read` answers the stored record. A later write of a batch finds what an earlier one of it wrote.
pub(crate) fn stage(
    writes: Vec<Write>,
    read: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, StoreError>,
) -> Result<Vec<Staged>, StoreError> {
    let mut written: HashMap<Vec<u8>, Option<Revision>> = HashMap::new();
    let mut staged = Vec::with_capacity(writes.len());
    for write in writes {
        let key_bytes = key_bytes(&write.key)?;
        let current = match written.get(&key_bytes) {
            Some(revision) => revision.clone(),
            None => read(&key_bytes)?.map(|record| revision_of(&record)).transpose()?,
        };
        if !holds(&write.expect, current.as_ref()) {
            return Err(StoreError::Conflict(Box::new(write.key)));
        }
        let write = stage_one(write, key_bytes, current.as_ref())?;
        written.insert(write.key_bytes.clone(), write.revision.clone());
        staged.push(write);
    }
    Ok(staged)
}

fn stage_one(write: Write, key_bytes: Vec<u8>, current: Option<&Revision>) -> Result<Staged, StoreError> {
    let Some(body) = write.body else {
        return Ok(Staged { key: write.key, key_bytes, record: None, revision: None, changes: current.is_some() });
    };
    let body = serde_json::to_vec(&body).map_err(|error| StoreError::Fault(error.to_string()))?;
    let revision = next_revision(current, &body);
    let record = Some(encode(&revision, &body));
    Ok(Staged { key: write.key, key_bytes, record, revision: Some(revision), changes: true })
}

fn holds(expect: &Expect, current: Option<&Revision>) -> bool {
    match expect {
        Expect::Anything => true,
        Expect::Absent => current.is_none(),
        Expect::Present => current.is_some(),
        Expect::Revision(revision) => current == Some(revision),
    }
}
