//! Which rows have changed since they were last read.

use std::collections::{BTreeSet, HashMap};

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Changes, Key, Kind, Notice};

use crate::manifest;

/// More changed documents than this are found by reading all of them.
const ONE_BY_ONE: usize = 64;

/// What is to be read anew of one owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Nothing.
    #[default]
    Nothing,
    /// These documents.
    Some(BTreeSet<Key>),
    /// All of it.
    Everything,
}

impl Stale {
    pub(crate) fn add(&mut self, key: Key) {
        match self {
            Self::Nothing => *self = Self::Some(BTreeSet::from([key])),
            Self::Some(keys) if keys.len() < ONE_BY_ONE => {
                keys.insert(key);
            }
            Self::Some(_) => *self = Self::Everything,
            Self::Everything => {}
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        match other {
            Self::Nothing => {}
            Self::Some(keys) => keys.into_iter().for_each(|key| self.add(key)),
            Self::Everything => *self = Self::Everything,
        }
    }
}

/// Hears of changes to the owners that are in memory. The store announces a change before it acknowledges it, so that whoever asks here
/// and then reads sees every acknowledged change.
pub(crate) struct Feed(Mutex<Heard>);

struct Heard {
    feed: Changes,
    owners: HashMap<Owner, Stale>,
}

impl Feed {
    pub(crate) fn new(feed: Changes) -> Self {
        Self(Mutex::new(Heard { feed, owners: HashMap::new() }))
    }

    /// Begins to hear of an owner, of whom everything is to be read.
    pub(crate) fn begin(&self, owner: Owner) {
        let mut heard = self.0.lock();
        heard.drain();
        heard.owners.insert(owner, Stale::Everything);
    }

    pub(crate) fn end(&self, owner: Owner) {
        self.0.lock().owners.remove(&owner);
    }

    pub(crate) fn is_stale(&self, owner: Owner) -> bool {
        let mut heard = self.0.lock();
        heard.drain();
        heard.owners.get(&owner).is_some_and(|stale| *stale != Stale::Nothing)
    }

    /// What is to be read anew, which is from then on taken to be read.
    pub(crate) fn take(&self, owner: Owner) -> Stale {
        let mut heard = self.0.lock();
        heard.drain();
        heard.owners.get_mut(&owner).map(std::mem::take).unwrap_or_default()
    }

    /// It was not read after all.
    pub(crate) fn put_back(&self, owner: Owner, stale: Stale) {
        if let Some(known) = self.0.lock().owners.get_mut(&owner) {
            known.merge(stale);
        }
    }
}

impl Heard {
    fn drain(&mut self) {
        while let Some(notice) = self.feed.try_next() {
            match notice {
                Notice::Changed(change) if concerns(&change.key) => {
                    if let Some(stale) = self.owners.get_mut(&change.key.owner) {
                        stale.add(change.key);
                    }
                }
                Notice::Changed(_) => {}
                Notice::Missed(None) => self.owners.values_mut().for_each(|stale| *stale = Stale::Everything),
                Notice::Missed(Some(owner)) => {
                    if let Some(stale) = self.owners.get_mut(&owner) {
                        *stale = Stale::Everything;
                    }
                }
            }
        }
    }
}

/// Whether a document says what rows there are.
pub(crate) fn concerns(key: &Key) -> bool {
    matches!(key.kind, Kind::SelectorRow | Kind::SelectorTable) && !manifest::is_done(key)
}
