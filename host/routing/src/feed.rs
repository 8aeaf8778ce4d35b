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
            match notice {
                Notice::Changed(change) => self.count(concerned(&change.key)),
                // Which accounts those are is not told.
                Notice::Many { kinds, .. } if kinds.contains(&Kind::Account) => self.lagged += 1,
                Notice::Many { owner, kinds, .. } => self.count(kinds.into_iter().any(is_own).then_some(owner)),
                // What is missed of the installation's may be an account's own document.
                Notice::Missed(None | Some(Owner::System)) => self.lagged += 1,
                Notice::Missed(owner) => self.count(owner),
            }
        }
    }

    fn count(&mut self, owner: Option<Owner>) {
        if let Some(owner) = owner {
            *self.changes.entry(owner).or_default() += 1;
        }
    }
}

/// Whether documents of that kind say how their owner is routed.
fn is_own(kind: Kind) -> bool {
    matches!(kind, Kind::Resource | Kind::SelectorRules | Kind::Setting | Kind::Plugin)
}

/// Whose routing a document belongs to. An account's settings lie in its own document, which the installation keeps.
fn concerned(key: &Key) -> Option<Owner> {
    match key.kind {
        kind if is_own(kind) => Some(key.owner),
        Kind::Account => key.id.parse().ok().map(Owner::Account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_model::AccountId;
    use strowger_store::{Expect, MemoryStore, Store, StoreExt, Write};

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

    async fn change_many(store: &MemoryStore, owner: Owner, kinds: &[Kind]) {
        let keys = (0..300).zip(kinds.iter().cycle()).map(|(n, kind)| Key::new(owner, *kind, format!("m{n}")));
        store.commit(keys.map(|key| Write::put(key, json!({}), Expect::Anything)).collect()).await.unwrap();
    }

    #[tokio::test]
    async fn many_rows_at_once_are_told_from_carriers() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let (owner, other) = (Owner::Account(AccountId::random()), Owner::Account(AccountId::random()));
        let before = [owner, other].map(|owner| feed.generation(owner));
        change_many(&store, owner, &[Kind::SelectorRow, Kind::SelectorTable, Kind::Blob]).await;
        change_many(&store, Owner::System, &[Kind::SelectorRow, Kind::Index]).await;
        assert_eq!([owner, other].map(|owner| feed.generation(owner)), before);
        change_many(&store, owner, &[Kind::SelectorRow, Kind::Resource]).await;
        assert_ne!(feed.generation(owner), before[0]);
        assert_eq!(feed.generation(other), before[1]);
        change_many(&store, Owner::System, &[Kind::Account]).await;
        assert_ne!(feed.generation(other), before[1]);
    }

    #[tokio::test]
    async fn a_feed_that_lost_changes_makes_everything_new() {
        let store = MemoryStore::new();
        let feed = Feed::new(store.changes());
        let owner = Owner::Account(AccountId::random());
        let before = feed.generation(owner);
        for _ in 0..20 {
            let calls = (0..256).map(|n| Key::new(owner, Kind::Call, n.to_string()));
            let calls = calls.map(|key| Write::put(key, json!({}), Expect::Anything)).collect();
            store.commit(calls).await.unwrap();
        }
        assert_ne!(feed.generation(owner), before);
    }
}
