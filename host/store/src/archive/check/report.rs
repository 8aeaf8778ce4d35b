//! What a check found.

use std::fmt;

use strowger_model::Owner;

use crate::{Key, Kind, Listing};

/// Most problems that are kept; of more, only the number.
const MAX_PROBLEMS: usize = 1_000;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Documents of that kind, sorted by their ids or in that listing, cannot be read to the end.
    Unreadable {
        /// Whose.
        owner: Owner,
        /// Which.
        kind: Kind,
        /// In which order.
        listing: Option<Listing>,
        /// The id of one that could be read, right before the one that could not or two before it.
        after: Option<String>,
        /// What the store says.
        reason: String,
    },
    /// A field of the document names another object or account than its place does.
    Misplaced {
        /// The document.
        key: Key,
        /// The field.
        field: &'static str,
    },
    /// The document is not in a listing, or not where it belongs.
    Unlisted {
        /// The document.
        key: Key,
        /// The listing.
        listing: Listing,
    },
    /// The document is in a listing where it does not belong.
    Listed {
        /// The document.
        key: Key,
        /// The listing.
        listing: Listing,
    },
    /// The index entry leads to what does not exist.
    Dangling {
        /// The entry.
        key: Key,
    },
    /// The document of a telephone number whose entry says that it is another owner's, or nobody's.
    Unclaimed {
        /// The document.
        key: Key,
    },
    /// The blob is not whole.
    Blob {
        /// Its document.
        key: Key,
        /// What is wrong.
        reason: String,
    },
}

/// A document's place, short.
struct Place<'a>(&'a Key);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.0.owner, self.0.kind.name(), self.0.id)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { owner, kind, listing, after, reason } => {
                write!(f, "{owner}/{} ", kind.name())?;
                if let Some(listing) = listing {
                    write!(f, "listed by {} ", listing.name())?;
                }
                match after {
                    Some(id) => write!(f, "cannot be read to the end after {id}: {reason}"),
                    None => write!(f, "cannot be read to the end: {reason}"),
                }
            }
            Self::Misplaced { key, field } => write!(f, "{}: {field} says that it is something else", Place(key)),
            Self::Unlisted { key, listing } => write!(f, "{}: it is not listed by {}", Place(key), listing.name()),
            Self::Listed { key, listing } => write!(f, "{}: it is listed wrongly by {}", Place(key), listing.name()),
            Self::Dangling { key } => write!(f, "{}: it leads to nothing", Place(key)),
            Self::Unclaimed { key } => write!(f, "{}: no entry says that the number is its owner's", Place(key)),
            Self::Blob { key, reason } => write!(f, "{}: {reason}", Place(key)),
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Documents that were read.
    pub documents: u64,
    /// Blobs among them.
    pub blobs: u64,
    /// Whether the store holds part of a copy only.
    pub unfinished: bool,
    /// What is wrong, repaired or not; at most 1,000.
    pub problems: Vec<Problem>,
    /// How many more problems there are.
    pub more: u64,
    /// How many of all problems were repaired.
    pub repaired: u64,
}

impl Report {
    /// Whether nothing is wrong, or everything that was has been repaired.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.unfinished && self.repaired == self.more.saturating_add(self.problems.len() as u64)
    }

    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    pub(super) fn repaired(&mut self) {
        self.repaired = self.repaired.saturating_add(1);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} documents, {} of them blobs", self.documents, self.blobs)?;
        if self.unfinished {
            writeln!(f, "the store has part of a copy that did not finish: empty it and copy again")?;
        }
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        if self.more > 0 {
            writeln!(f, "and {} problems more", self.more)?;
        }
        match (self.is_whole(), self.repaired) {
            (true, 0) => writeln!(f, "nothing is wrong"),
            (_, 0) => Ok(()),
            (_, repaired) => writeln!(f, "{repaired} problems were repaired"),
        }
    }
}
