//! One batch against the state it finds: all of its expectations hold, or it is a conflict.

use std::collections::HashMap;

use crate::clock::Moment;
use crate::record::{self, Header, next_revision};
use crate::{Expect, Key, Revision, StoreError};

use super::prepare::{Content, PreparedWrite};
use super::{Read, Table};

/// A write whose expectation held.
pub(super) struct Staged {
    pub(super) key: Key,
    pub(super) at: Vec<u8>,
    /// What lies there, perhaps expired.
    pub(super) found: Option<Header>,
    /// The revision that a reader had seen.
    pub(super) old: Option<Revision>,
    /// What is to lie there; none removes it.
    pub(super) new: Option<(Header, Vec<u8>)>,
}

impl Staged {
    pub(super) fn revision(&self) -> Option<&Revision> {
        self.new.as_ref().map(|(header, _)| &header.revision)
    }

    /// False for the removal of what does not exist.
    pub(super) fn changes(&self) -> bool {
        self.old.is_some() || self.new.is_some()
    }
}

/// Checks a batch. A later write of it finds what an earlier one wrote.
pub(super) fn stage(read: &dyn Read, writes: Vec<PreparedWrite>, now: Moment) -> Result<Vec<Staged>, StoreError> {
    let mut written: HashMap<Vec<u8>, Option<Header>> = HashMap::new();
    let mut staged = Vec::with_capacity(writes.len());
    for PreparedWrite { key, at, expect, content } in writes {
        let found = match written.get(&at) {
            Some(header) => header.clone(),
            None => read.get(Table::Documents, &at)?.map(|found| record::header(&found)).transpose()?,
        };
        let old = found.as_ref().filter(|header| !header.is_over(now)).map(|header| header.revision.clone());
        if !holds(&expect, old.as_ref()) {
            return Err(StoreError::Conflict(Box::new(key)));
        }
        let new = content.map(|content| record_of(content, old.as_ref()));
        // What has expired is left to the sweeper, which tells its end.
        let left = new.is_none() && old.is_none();
        let lies = if left { found.clone() } else { new.as_ref().map(|(header, _)| header.clone()) };
        written.insert(at.clone(), lies);
        staged.push(Staged { key, at, found, old, new });
    }
    Ok(staged)
}

fn record_of(content: Content, old: Option<&Revision>) -> (Header, Vec<u8>) {
    let Content { body, digest, listed, expires, revision } = content;
    let revision = revision.unwrap_or_else(|| next_revision(old, &digest));
    (Header { revision, expires, listed }, body)
}

fn holds(expect: &Expect, current: Option<&Revision>) -> bool {
    match expect {
        Expect::Anything => true,
        Expect::Absent => current.is_none(),
        Expect::Present => current.is_some(),
        Expect::Revision(revision) => current == Some(revision),
    }
}
