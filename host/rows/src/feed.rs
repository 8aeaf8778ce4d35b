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
    owners: HashMap<Owner, Behind>,
}

/// How far the book of an owner is behind.
#[derive(Default)]
struct Behind {
    stale: Stale,
    /// Somebody reads what was stale before: until that is done, the book in memory lacks it.
    is_being_read: bool,
}

impl Feed {
    pub(crate) fn new(feed: Changes) -> Self {
        Self(Mutex::new(Heard { feed, owners: HashMap::new() }))
    }

    /// Begins to hear of an owner, of whom everything is to be read.
    pub(crate) fn begin(&self, owner: Owner) {
        let mut heard = self.0.lock();
        heard.drain();
        heard.owners.insert(owner, Behind { stale: Stale::Everything, is_being_read: false });
    }

    pub(crate) fn end(&self, owner: Owner) {
        self.0.lock().owners.remove(&owner);
    }

    pub(crate) fn is_stale(&self, owner: Owner) -> bool {
        let mut heard = self.0.lock();
        heard.drain();
        heard.owners.get(&owner).is_some_and(|behind| behind.is_being_read || behind.stale != Stale::Nothing)
    }

    /// What is to be read anew, for one reader at a time. The owner stays stale until it is [read](Self::read) or
    /// [put back](Self::put_back); after a reader that did neither, because it panicked, everything is.
    pub(crate) fn take(&self, owner: Owner) -> Stale {
        let mut heard = self.0.lock();
        heard.drain();
        let Some(behind) = heard.owners.get_mut(&owner) else { return Stale::Nothing };
        let was_broken_off = std::mem::replace(&mut behind.is_being_read, true);
        let stale = std::mem::take(&mut behind.stale);
        if was_broken_off { Stale::Everything } else { stale }
    }

    /// What was taken is in the book in memory.
    pub(crate) fn read(&self, owner: Owner) {
        self.put_back(owner, Stale::Nothing);
    }

    /// It was not read after all.
    pub(crate) fn put_back(&self, owner: Owner, stale: Stale) {
        if let Some(behind) = self.0.lock().owners.get_mut(&owner) {
            behind.is_being_read = false;
            behind.stale.merge(stale);
        }
    }
}

impl Heard {
    fn drain(&mut self) {
        while let Some(notice) = self.feed.try_next() {
            match notice {
                Notice::Changed(change) if concerns(&change.key) => {
                    if let Some(behind) = self.owners.get_mut(&change.key.owner) {
                        behind.stale.add(change.key);
                    }
                }
                Notice::Changed(_) => {}
                Notice::Many { owner, kinds, .. } => {
                    if let Some(behind) = self.owners.get_mut(&owner).filter(|_| kinds.into_iter().any(is_rows)) {
                        behind.stale = Stale::Everything;
                    }
                }
                Notice::Missed(None) => self.owners.values_mut().for_each(|behind| behind.stale = Stale::Everything),
                Notice::Missed(Some(owner)) => {
                    if let Some(behind) = self.owners.get_mut(&owner) {
                        behind.stale = Stale::Everything;
                    }
                }
            }
        }
    }
}

/// Whether a document says what rows there are.
pub(crate) fn concerns(key: &Key) -> bool {
    is_rows(key.kind) && !manifest::is_done(key)
}

/// Whether documents of that kind say what rows there are.
pub(crate) fn is_rows(kind: Kind) -> bool {
    matches!(kind, Kind::SelectorRow | Kind::SelectorTable)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_model::AccountId;
    use strowger_store::{Expect, MemoryStore, Store, StoreExt, Write};

    use super::*;

    #[tokio::test]
    async fn an_owner_is_stale_until_what_was_taken_is_in_memory() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let owner = Owner::Account(AccountId::random());
        feed.begin(owner);
        assert_eq!(feed.take(owner), Stale::Everything);
        assert!(feed.is_stale(owner), "the book in memory lacks what is being read");
        feed.read(owner);
        assert!(!feed.is_stale(owner));
        store.put(Key::new(owner, Kind::SelectorRow, "x"), json!({}), Expect::Anything).await.unwrap();
        let taken = feed.take(owner);
        feed.put_back(owner, taken.clone());
        assert!(feed.is_stale(owner));
        assert_eq!(feed.take(owner), taken);
        assert_eq!(feed.take(owner), Stale::Everything, "the reader before was broken off");
    }

    #[tokio::test]
    async fn many_documents_at_once_concern_rows_where_there_are_rows_among_them() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let owner = Owner::Account(AccountId::random());
        feed.begin(owner);
        feed.take(owner);
        feed.read(owner);
        for (kind, stale) in [(Kind::Resource, Stale::Nothing), (Kind::SelectorRow, Stale::Everything)] {
            let keys = (0..300).map(|n| Key::new(owner, kind, n.to_string()));
            store.commit(keys.map(|key| Write::put(key, json!({}), Expect::Anything)).collect()).await.unwrap();
            assert_eq!(feed.take(owner), stale);
            feed.read(owner);
        }
    }
}
