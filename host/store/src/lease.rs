//! Leases: who may do something alone, for how long, and how a late former holder is kept out.

use std::fmt;

use strowger_model::Owner;

/// The name of a counter, a lease or a stream; each of them has names of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Whose it is.
    pub owner: Owner,
    /// 1 to 512 bytes without control characters.
    pub name: String,
}

impl Name {
    /// A name.
    pub fn new(owner: impl Into<Owner>, name: impl Into<String>) -> Self {
        Self { owner: owner.into(), name: name.into() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A lease that somebody holds, or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub name: Name,
    /// Who took it.
    pub holder: String,
    /// The fencing token: larger than that of every lease that the owner gave before, whatever its name. A batch under the lease
    /// ([`crate::Batch::under`]) is refused once a newer one was given or this one has lapsed.
    pub token: u64,
}
