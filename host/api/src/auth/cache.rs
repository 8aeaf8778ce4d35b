//! A bounded map of what the store said, in which a change is never overtaken by an older answer.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::RwLock;

/// Answers of the store by key, at most `capacity` of them.
pub(crate) struct Cache<K, V> {
    state: RwLock<State<K, V>>,
    capacity: usize,
}

struct State<K, V> {
    entries: HashMap<K, V>,
    /// Counts invalidations.
    generation: u64,
}

/// Taken before the store is asked. An invalidation in between makes the answer too old to keep.
#[derive(Clone, Copy)]
pub(crate) struct Ticket(u64);

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { state: RwLock::new(State { entries: HashMap::new(), generation: 0 }), capacity }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.state.read().entries.get(key).cloned()
    }

    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(self.state.read().generation)
    }

    pub(crate) fn keep(&self, ticket: Ticket, key: K, value: V) {
        let mut state = self.state.write();
        if ticket.0 != state.generation {
            return;
        }
        if state.entries.len() >= self.capacity && !state.entries.contains_key(&key) {
            // Any one will do: a full cache means more live keys than it was made for.
            if let Some(victim) = state.entries.keys().next().cloned() {
                state.entries.remove(&victim);
            }
        }
        state.entries.insert(key, value);
    }

    pub(crate) fn forget(&self, key: &K) {
        let mut state = self.state.write();
        state.generation += 1;
        state.entries.remove(key);
    }

    pub(crate) fn clear(&self) {
        let mut state = self.state.write();
        state.generation += 1;
        state.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_found_until_it_is_forgotten() {
        let cache = Cache::new(10);
        cache.keep(cache.ticket(), "a", 1);
        assert_eq!(cache.get(&"a"), Some(1));
        cache.forget(&"a");
        assert_eq!(cache.get(&"a"), None);
    }

    #[test]
    fn an_answer_older_than_an_invalidation_is_not_kept() {
        let cache = Cache::new(10);
        let ticket = cache.ticket();
        cache.forget(&"a");
        cache.keep(ticket, "a", 1);
        assert_eq!(cache.get(&"a"), None);
    }

    #[test]
    fn it_never_outgrows_its_capacity() {
        let cache = Cache::new(2);
        for key in 0..10 {
            cache.keep(cache.ticket(), key, ());
        }
        let kept = (0..10).filter(|key| cache.get(key).is_some()).count();
        assert_eq!(kept, 2);
        assert_eq!(cache.get(&9), Some(()));
    }
}
