//! A bounded map of what the store said, in which a change is never overtaken by an older answer.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::RwLock;
use strowger_store::StoreError;

/// Answers of the store by key, at most `capacity` of them.
pub(crate) struct Cache<K, V> {
    state: RwLock<State<K, V>>,
    capacity: usize,
}

struct State<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// Counts invalidations.
    generation: u64,
}

struct Entry<V> {
    value: V,
    /// Whether the store may say something else by now. Such an answer is given while the store cannot be asked.
    is_doubtful: bool,
}

/// Taken before the store is asked. An invalidation in between makes the answer too old to keep.
#[derive(Clone, Copy)]
struct Ticket(u64);

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { state: RwLock::new(State { entries: HashMap::new(), generation: 0 }), capacity }
    }

    /// The kept answer, else that of the store, which `ask` asks. While the store cannot be reached a doubtful answer is better than
    /// none: whoever was let in stays in.
    pub(crate) async fn find(
        &self,
        key: &K,
        ask: impl Future<Output = Result<Option<V>, StoreError>>,
    ) -> Result<Option<V>, StoreError> {
        let (kept, ticket) = self.kept(key);
        let doubtful = match kept {
            Some((value, false)) => return Ok(Some(value)),
            Some((value, true)) => Some(value),
            None => None,
        };
        match ask.await {
            Ok(Some(value)) => {
                self.keep(ticket, key.clone(), value.clone());
                Ok(Some(value))
            }
            Ok(None) => {
                self.forget(key);
                Ok(None)
            }
            Err(StoreError::Unreachable(_) | StoreError::Overloaded) if doubtful.is_some() => Ok(doubtful),
            Err(error) => Err(error),
        }
    }

    fn kept(&self, key: &K) -> (Option<(V, bool)>, Ticket) {
        let state = self.state.read();
        let entry = state.entries.get(key).map(|entry| (entry.value.clone(), entry.is_doubtful));
        (entry, Ticket(state.generation))
    }

    fn keep(&self, ticket: Ticket, key: K, value: V) {
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
        state.entries.insert(key, Entry { value, is_doubtful: false });
    }

    /// What was said is not true any more.
    pub(crate) fn forget(&self, key: &K) {
        let mut state = self.state.write();
        state.generation += 1;
        state.entries.remove(key);
    }

    /// What was said may not be true any more, but does no harm while the store cannot be asked.
    pub(crate) fn doubt(&self, key: &K) {
        let mut state = self.state.write();
        state.generation += 1;
        if let Some(entry) = state.entries.get_mut(key) {
            entry.is_doubtful = true;
        }
    }

    /// As [`Cache::doubt`], for everything.
    pub(crate) fn doubt_all(&self) {
        let mut state = self.state.write();
        state.generation += 1;
        state.entries.values_mut().for_each(|entry| entry.is_doubtful = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answer = Result<Option<u32>, StoreError>;

    async fn asked(cache: &Cache<&'static str, u32>, answer: Answer) -> Answer {
        cache.find(&"a", async { answer }).await
    }

    fn away() -> Answer {
        Err(StoreError::Unreachable("gone".into()))
    }

    #[tokio::test]
    async fn what_was_said_is_kept_until_it_is_forgotten() {
        let cache = Cache::new(10);
        assert_eq!(asked(&cache, Ok(Some(1))).await.unwrap(), Some(1));
        assert_eq!(asked(&cache, Ok(Some(2))).await.unwrap(), Some(1));
        cache.forget(&"a");
        assert_eq!(asked(&cache, Ok(Some(2))).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn an_answer_older_than_an_invalidation_is_not_kept() {
        let cache = Cache::new(10);
        let overtaken = async {
            cache.forget(&"a");
            Ok(Some(1))
        };
        assert_eq!(cache.find(&"a", overtaken).await.unwrap(), Some(1));
        assert_eq!(asked(&cache, Ok(Some(2))).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn what_is_doubtful_is_asked_again_and_serves_while_nobody_answers() {
        let cache = Cache::new(10);
        asked(&cache, Ok(Some(1))).await.unwrap();
        cache.doubt_all();
        assert_eq!(asked(&cache, away()).await.unwrap(), Some(1));
        assert_eq!(asked(&cache, Ok(Some(2))).await.unwrap(), Some(2));
        cache.doubt(&"a");
        assert_eq!(asked(&cache, Ok(None)).await.unwrap(), None);
        assert!(asked(&cache, away()).await.is_err(), "what is gone does not come back");
    }

    #[tokio::test]
    async fn what_is_not_kept_is_not_made_up() {
        let cache = Cache::new(10);
        assert!(asked(&cache, away()).await.is_err());
        asked(&cache, Ok(Some(1))).await.unwrap();
        cache.forget(&"a");
        assert!(asked(&cache, away()).await.is_err());
    }

    #[tokio::test]
    async fn it_never_outgrows_its_capacity() {
        let cache = Cache::new(2);
        for key in 0..10 {
            cache.find(&key, async { Ok(Some(())) }).await.unwrap();
        }
        assert_eq!(cache.state.read().entries.len(), 2);
        assert!(cache.kept(&9).0.is_some());
    }
}
