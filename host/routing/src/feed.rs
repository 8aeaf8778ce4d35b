//! What has changed since a snapshot was taken, told by generations.

use std::collections::HashMap;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Change, Key, Kind};
use tokio::sync::broadcast::{self, error::TryRecvError};

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
    receiver: broadcast::Receiver<Change>,
    changes: HashMap<Owner, u64>,
    lagged: u64,
}

impl Feed {
    pub(crate) fn new(receiver: broadcast::Receiver<Change>) -> Self {
        Self(Mutex::new(Heard { receiver, changes: HashMap::new(), lagged: 0 }))
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
        loop {
            match self.receiver.try_recv() {
                Ok(change) => {
                    if let Some(owner) = concerned(&change.key) {
                        *self.changes.entry(owner).or_default() += 1;
                    }
                }
                Err(TryRecvError::Lagged(_)) => self.lagged += 1,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

/// Whose routing a document belongs to. An account's settings lie in its own document, which the installation keeps.
fn concerned(key: &Key) -> Option<Owner> {
    match key.kind {
        Kind::Resource | Kind::SelectorRules | Kind::SelectorRow | Kind::Setting => Some(key.owner),
        Kind::Account => key.id.parse().ok().map(Owner::Account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strowger_model::AccountId;

    fn change(owner: Owner, kind: Kind) -> Change {
        Change { sequence: 0, key: Key::new(owner, kind, "x"), revision: None }
    }

    #[test]
    fn only_what_an_owner_is_routed_with_makes_a_new_generation() {
        let (sender, receiver) = broadcast::channel(16);
        let feed = Feed::new(receiver);
        let owner = Owner::Account(AccountId::random());
        let before = feed.generation(owner);
        sender.send(change(owner, Kind::Call)).unwrap();
        sender.send(change(Owner::Account(AccountId::random()), Kind::Resource)).unwrap();
        assert_eq!(feed.generation(owner), before);
        sender.send(change(Owner::System, Kind::Resource)).unwrap();
        let after = feed.generation(owner);
        assert_ne!(after, before);
        sender.send(change(owner, Kind::SelectorRow)).unwrap();
        assert_ne!(feed.generation(owner), after);
    }

    #[test]
    fn a_feed_that_lost_changes_makes_everything_new() {
        let (sender, receiver) = broadcast::channel(1);
        let feed = Feed::new(receiver);
        let owner = Owner::Account(AccountId::random());
        let before = feed.generation(owner);
        for _ in 0..3 {
            sender.send(change(owner, Kind::Call)).unwrap();
        }
        assert_ne!(feed.generation(owner), before);
    }
}
