//! What has changed since a snapshot was taken, told by generations.

use std::collections::HashMap;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Changes, Key, Kind, Notice};

/// A state of one owner's routing documents: two are equal exactly where nothing that it is routed with changed between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation {
    own: u64,
    system: u64,
    lagged: u64,
}

/// Counts the changes of each owner. The store announces a change before it acknowledges it, so that whoever drains the feed first and
/// then decides sees every acknowledged change.
pub(crate) struct Feed(Mutex<Heard>);

struct Heard {
    feed: Changes,
    changes: HashMap<Owner, u64>,
    lagged: u64,
}

impl Feed {
    pub(crate) fn new(feed: Changes) -> Self {
        Self(Mutex::new(Heard { feed, changes: HashMap::new(), lagged: 0 }))
    }

    /// The owner's generation as of now. To be asked before its documents are read: a change while they are read then shows.
    pub(crate) fn generation(&self, owner: Owner) -> Generation {
        let mut heard = self.0.lock();
        heard.drain();
        let count = |owner: Owner| heard.changes.get(&owner).copied().unwrap_or(0);
        Generation { own: count(owner), system: count(Owner::System), lagged: heard.lagged }
    }
}

impl Heard {
    fn drain(&mut self) {
        while let Some(notice) = self.feed.try_next() {
            let owner = match notice {
                Notice::Changed(change) => concerned(&change.key),
                // What is missed of the installation's may be an account's own document.
                Notice::Missed(None | Some(Owner::System)) => {
                    self.lagged += 1;
                    None
                }
                Notice::Missed(owner) => owner,
            };
            if let Some(owner) = owner {
                *self.changes.entry(owner).or_default() += 1;
            }
        }
    }
}

/// Whose routing a document belongs to. An account's settings lie in its own document, which the installation keeps.
fn concerned(key: &Key) -> Option<Owner> {
    match key.kind {
        Kind::Resource | Kind::SelectorRules | Kind::Setting => Some(key.owner),
        Kind::Account => key.id.parse().ok().map(Owner::Account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_model::AccountId;
    use strowger_store::{Expect, MAX_BATCH, MemoryStore, Store, StoreExt, Write};

    use super::*;

    async fn change(store: &MemoryStore, owner: Owner, kind: Kind) {
        store.put(Key::new(owner, kind, "x"), json!({}), Expect::Anything).await.unwrap();
    }

    #[tokio::test]
    async fn only_what_an_owner_is_routed_with_makes_a_new_generation() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let owner = Owner::Account(AccountId::random());
        let before = feed.generation(owner);
        change(&store, owner, Kind::Call).await;
        change(&store, owner, Kind::SelectorRow).await;
        change(&store, Owner::Account(AccountId::random()), Kind::Resource).await;
        assert_eq!(feed.generation(owner), before);
        change(&store, Owner::System, Kind::Resource).await;
        let after = feed.generation(owner);
        assert_ne!(after, before);
        change(&store, owner, Kind::SelectorRules).await;
        assert_ne!(feed.generation(owner), after);
    }

    #[tokio::test]
    async fn a_feed_that_lost_changes_makes_everything_new() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let owner = Owner::Account(AccountId::random());
        let before = feed.generation(owner);
        let calls = (0..MAX_BATCH).map(|n| Key::new(owner, Kind::Call, n.to_string()));
        let calls = calls.map(|key| Write::put(key, json!({}), Expect::Anything)).collect();
        store.commit(calls).await.unwrap();
        assert_ne!(feed.generation(owner), before);
    }
}
