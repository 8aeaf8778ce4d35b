//! Writes that happen together or not at all.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use strowger_model::Owner;

use crate::{Expect, Key, Lease, Name, Revision, StoreError, Upload};

/// Most writes that one batch holds: as many selector rows as one request may load.
pub const MAX_BATCH: usize = 100_000;

/// Longest body of a document, in bytes of JSON.
pub const MAX_BODY: usize = 8 << 20;

/// One write of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// What is written.
    pub key: Key,
    /// Its new body; `None` removes it.
    pub body: Option<Value>,
    /// The condition.
    pub expect: Expect,
    /// From then on the document does not exist any more.
    pub expires: Option<SystemTime>,
    /// The revision to store instead of counting on: for restoring a backup and for sealing the same body anew, and for nothing else.
    pub revision: Option<Revision>,
}

impl Write {
    /// Stores a body.
    #[must_use]
    pub fn put(key: Key, body: Value, expect: Expect) -> Self {
        Self { key, body: Some(body), expect, expires: None, revision: None }
    }

    /// Removes a document.
    #[must_use]
    pub fn delete(key: Key, expect: Expect) -> Self {
        Self { key, body: None, expect, expires: None, revision: None }
    }

    /// Lets the document end by itself.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { expires: SystemTime::now().checked_add(lifetime), ..self }
    }
}

/// Who makes a change, and where that is written down: one entry of an append-only stream for each document that changes, in the
/// same atomic step. A batch that changes very many documents gets one entry for each kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Author {
    /// The stream; of the batch's owner.
    pub stream: Name,
    /// Who, from where, on which request: what the entries say in `by`.
    pub by: Value,
}

/// What happens in one atomic step. All documents, the lease, the stream and the uploads are of one owner, because that is as much
/// as a cluster changes at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The documents.
    pub writes: Vec<Write>,
    /// The batch is refused unless this lease is still the newest of its name.
    pub fence: Option<Lease>,
    /// Who is written down for it.
    pub author: Option<Author>,
    /// Uploads that are complete and stay.
    pub keep: Vec<Upload>,
    /// Uploads that go.
    pub discard: Vec<Upload>,
}

impl Batch {
    /// A batch of writes and nothing else.
    #[must_use]
    pub fn of(writes: Vec<Write>) -> Self {
        Self { writes, ..Self::default() }
    }

    /// Refused unless `lease` still holds.
    #[must_use]
    pub fn under(self, lease: &Lease) -> Self {
        Self { fence: Some(lease.clone()), ..self }
    }

    /// Written down as that author's.
    #[must_use]
    pub fn by(self, author: Option<Author>) -> Self {
        Self { author, ..self }
    }

    /// The one owner of everything in it; none where it is empty.
    ///
    /// # Errors
    /// [`StoreError::Fault`] where it has more than one, or is too large.
    pub fn owner(&self) -> Result<Option<Owner>, StoreError> {
        if self.writes.len() > MAX_BATCH {
            return Err(StoreError::Fault(format!("a batch holds at most {MAX_BATCH} writes")));
        }
        let mut owners = self
            .writes
            .iter()
            .map(|write| write.key.owner)
            .chain(self.fence.iter().map(|lease| lease.name.owner))
            .chain(self.author.iter().map(|author| author.stream.owner))
            .chain(self.keep.iter().chain(&self.discard).map(|upload| upload.owner));
        let first = owners.next();
        match owners.find(|owner| Some(*owner) != first) {
            None => Ok(first),
            Some(_) => Err(StoreError::Fault("a batch has documents of one owner only".into())),
        }
    }
}
