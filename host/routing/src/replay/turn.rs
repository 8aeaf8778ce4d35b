//! Whose decisions are being replayed: one replay at a time for each owner, and few in all.

use std::sync::Arc;

use parking_lot::Mutex;
use strowger_model::Owner;

/// Replays at once, of different owners.
const AT_ONCE: usize = 2;

/// Owners whose decisions are being replayed.
#[derive(Default)]
pub(crate) struct Replays(Arc<Mutex<Vec<Owner>>>);

/// Somebody's turn, until it is dropped.
pub(super) struct Turn(Arc<Mutex<Vec<Owner>>>, Owner);

impl Replays {
    /// None where it is not the owner's turn.
    pub(super) fn enter(&self, owner: Owner) -> Option<Turn> {
        let mut busy = self.0.lock();
        if busy.len() >= AT_ONCE || busy.contains(&owner) {
            return None;
        }
        busy.push(owner);
        Some(Turn(Arc::clone(&self.0), owner))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.lock().retain(|owner| *owner != self.1);
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::AccountId;

    use super::*;

    #[test]
    fn an_owner_has_one_turn_at_a_time_and_gives_it_back() {
        let (replays, owner) = (Replays::default(), Owner::from(AccountId::random()));
        let turn = replays.enter(owner).unwrap();
        assert!(replays.enter(owner).is_none());
        let other = replays.enter(Owner::System).unwrap();
        assert!(replays.enter(AccountId::random().into()).is_none(), "there are as many as may be");
        drop((turn, other));
        assert!(replays.enter(owner).is_some());
    }
}
