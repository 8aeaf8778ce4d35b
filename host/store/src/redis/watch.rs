//! Which owners this process cares for, and up to where it has heard of each: to find out what was never told.

use std::collections::BTreeMap;
use std::ops::Bound;

use parking_lot::Mutex;
use strowger_model::Owner;

/// Owners that are watched; one that is not is watched again when it is next read or written.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
struct Seen {
    /// Position of the last change that was told; none where that begins with the next look.
    told: Option<u64>,
    /// A position that should have been told by the next look.
    due: Option<u64>,
    is_registered: bool,
}

/// The owners that this process has read or written.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<BTreeMap<Owner, Seen>>);

impl Watch {
    pub(super) fn is_watched(&self, owner: Owner) -> bool {
        self.0.lock().contains_key(&owner)
    }

    pub(super) fn is_registered(&self, owner: Owner) -> bool {
        self.0.lock().get(&owner).is_some_and(|seen| seen.is_registered)
    }

    pub(super) fn registered(&self, owner: Owner) {
        self.0.lock().entry(owner).or_default().is_registered = true;
    }

    /// Watches an owner whose last change is that one.
    pub(super) fn begin(&self, owner: Owner, last: u64) {
        let mut owners = self.0.lock();
        if owners.len() >= MOST && !owners.contains_key(&owner) {
            owners.pop_last();
        }
        owners.entry(owner).or_default().told.get_or_insert(last);
    }

    /// Notes a notice about changes from `first` to `last`. Answers whether earlier ones were missed.
    pub(super) fn hear(&self, owner: Owner, first: u64, last: u64) -> bool {
        let mut owners = self.0.lock();
        let Some(Seen { told: Some(told), .. }) = owners.get_mut(&owner) else { return false };
        let is_gap = first > *told + 1;
        *told = last.max(*told);
        is_gap
    }

    /// Nothing is known of what was told in between, nor whether another Redis has taken over that was not told everything.
    pub(super) fn forget(&self) {
        self.0.lock().values_mut().for_each(|seen| *seen = Seen::default());
    }

    /// The next owners to look at, with what each was told.
    pub(super) fn after(&self, owner: Option<Owner>, most: usize) -> Vec<(Owner, Option<u64>)> {
        let owners = self.0.lock();
        let start = owner.map_or(Bound::Unbounded, Bound::Excluded);
        owners.range((start, Bound::Unbounded)).take(most).map(|(owner, seen)| (*owner, seen.told)).collect()
    }

    /// Compares with the last position in Redis, which was read after `before` had been told. Answers whether something was missed: a
    /// notice that has not come between two looks is lost, and so are changes whose positions Redis no longer knows.
    pub(super) fn compare(&self, owner: Owner, before: Option<u64>, last: u64) -> bool {
        let mut owners = self.0.lock();
        let Some(seen) = owners.get_mut(&owner) else { return false };
        let told = *seen.told.get_or_insert(last);
        if before.is_some_and(|before| last < before) {
            (seen.told, seen.due) = (Some(last), None);
            return true;
        }
        if let Some(due) = seen.due.take().filter(|due| told < *due) {
            seen.told = Some(due);
            return true;
        }
        seen.due = Some(last).filter(|last| told < *last);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner = Owner::System;

    fn watching(last: u64) -> Watch {
        let watch = Watch::default();
        watch.begin(OWNER, last);
        watch
    }

    #[test]
    fn a_gap_between_notices_is_a_loss() {
        let watch = watching(4);
        assert!(!watch.hear(OWNER, 5, 6));
        assert!(watch.hear(OWNER, 8, 8));
        assert!(!watch.hear(OWNER, 9, 9));
    }

    #[test]
    fn a_notice_has_until_the_next_look() {
        let watch = watching(4);
        assert!(!watch.compare(OWNER, Some(4), 5));
        watch.hear(OWNER, 5, 5);
        assert!(!watch.compare(OWNER, Some(5), 5));
        assert!(!watch.compare(OWNER, Some(5), 6));
        assert!(watch.compare(OWNER, Some(5), 6));
        assert!(!watch.compare(OWNER, Some(6), 6), "it is told once");
    }

    #[test]
    fn positions_that_redis_has_lost_are_a_loss() {
        let watch = watching(9);
        assert!(watch.compare(OWNER, Some(9), 3));
        assert!(!watch.compare(OWNER, Some(3), 3));
    }

    #[test]
    fn after_a_pause_it_begins_anew() {
        let watch = watching(4);
        watch.forget();
        assert!(!watch.hear(OWNER, 9, 9));
        assert!(!watch.compare(OWNER, None, 9));
        assert!(!watch.hear(OWNER, 10, 10));
    }

    #[test]
    fn it_is_bounded() {
        let watch = Watch::default();
        for _ in 0..MOST + 5 {
            watch.begin(strowger_model::AccountId::random().into(), 0);
        }
        assert_eq!(watch.0.lock().len(), MOST);
    }
}
