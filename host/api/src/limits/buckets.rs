//! Limiters by whom they limit, a bounded number of them.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota as Cells, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use strowger_model::Rate;

use super::quota::{Exceeded, Quota};

/// A limiter that nobody has asked for so long holds nothing back any more, unless its rate is a very odd one.
const IDLE: Duration = Duration::from_secs(3_600);

pub(super) type Limiter<C> = RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>;

/// One node's part of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Share {
    period: Duration,
    burst: NonZeroU32,
}

impl Share {
    /// Never less than one request at once.
    pub(super) fn of(rate: Rate, nodes: NonZeroU32) -> Self {
        let burst = NonZeroU32::new(rate.burst.get() / nodes).unwrap_or(NonZeroU32::MIN);
        let period = Duration::from_secs(1).saturating_mul(nodes.get()) / rate.requests_per_second.get();
        Self { period: period.max(Duration::from_nanos(1)), burst }
    }

    pub(super) fn limiter<C: Clock + Clone>(self, clock: &C) -> Limiter<C> {
        let cells = Cells::with_period(self.period).unwrap_or(Cells::per_second(NonZeroU32::MAX));
        RateLimiter::direct_with_clock(cells.allow_burst(self.burst), clock.clone()).with_middleware()
    }

    pub(super) fn period(self) -> Duration {
        self.period
    }
}

/// Limiters by key. A key whose rate changes gets another one.
pub(crate) struct Buckets<K, C: Clock = DefaultClock> {
    kept: Cache<(K, Share), Arc<Limiter<C>>>,
    clock: C,
}

impl<K: Hash + Eq + Send + Sync + 'static> Buckets<K> {
    pub(super) fn new(capacity: u64) -> Self {
        Self::with_clock(capacity, DefaultClock::default())
    }
}

impl<K, C> Buckets<K, C>
where
    K: Hash + Eq + Send + Sync + 'static,
    C: Clock + Clone + Send + Sync + 'static,
    C::Instant: Send + Sync + 'static,
{
    pub(super) fn with_clock(capacity: u64, clock: C) -> Self {
        Self { kept: bounded(capacity), clock }
    }

    /// Takes one request of the key's share.
    pub(super) fn take(&self, key: K, share: Share) -> Result<Quota, Exceeded> {
        let limiter = self.kept.get_with((key, share), || Arc::new(share.limiter(&self.clock)));
        let limit = share.burst.get();
        match limiter.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                Ok(Quota { limit, remaining, reset: share.period * limit.saturating_sub(remaining) })
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                Err(Exceeded { quota: Some(Quota { limit, remaining: 0, reset: wait }), wait })
            }
        }
    }
}

/// The least recently used goes first: what comes new must be counted, or a flood of new ones would not be.
pub(super) fn bounded<K, V>(capacity: u64) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(capacity).eviction_policy(EvictionPolicy::lru()).time_to_idle(IDLE).build()
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const ONE_NODE: NonZeroU32 = NonZeroU32::MIN;

    fn rate(requests_per_second: u32, burst: u32) -> Rate {
        Rate::new(requests_per_second, burst).unwrap()
    }

    fn buckets() -> (Buckets<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Buckets::with_clock(100, clock.clone()), clock)
    }

    #[test]
    fn a_burst_goes_through_and_then_the_steady_rate() {
        let (buckets, clock) = buckets();
        let share = Share::of(rate(2, 3), ONE_NODE);
        let left: Vec<u32> = (0..3).map(|_| buckets.take(1, share).unwrap().remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = buckets.take(1, share).unwrap_err();
        assert_eq!(refused.wait, Duration::from_millis(500));
        assert_eq!(refused.quota, Some(Quota { limit: 3, remaining: 0, reset: refused.wait }));
        clock.advance(refused.wait);
        assert!(buckets.take(1, share).is_ok());
        assert!(buckets.take(1, share).is_err());
    }

    #[test]
    fn one_does_not_take_from_another() {
        let (buckets, _) = buckets();
        let share = Share::of(rate(1, 1), ONE_NODE);
        assert!(buckets.take(1, share).is_ok());
        assert!(buckets.take(1, share).is_err());
        assert!(buckets.take(2, share).is_ok());
    }

    #[test]
    fn nodes_share_a_rate() {
        let (buckets, clock) = buckets();
        let share = Share::of(rate(10, 6), NonZeroU32::new(3).unwrap());
        let through = (0..10).filter(|_| buckets.take(1, share).is_ok()).count();
        assert_eq!(through, 2);
        clock.advance(Duration::from_millis(300));
        assert!(buckets.take(1, share).is_ok());
        assert!(buckets.take(1, share).is_err());
    }

    #[test]
    fn the_time_to_a_full_quota_is_told() {
        let (buckets, _) = buckets();
        let share = Share::of(rate(2, 10), ONE_NODE);
        assert_eq!(buckets.take(1, share).unwrap().reset, Duration::from_millis(500));
        assert_eq!(buckets.take(1, share).unwrap().reset, Duration::from_secs(1));
    }

    #[test]
    fn the_highest_rate_and_more_nodes_than_requests_are_limits_still() {
        let (buckets, _) = buckets();
        let high = Share::of(rate(Rate::HIGHEST, Rate::HIGHEST), ONE_NODE);
        assert_eq!(buckets.take(1, high).unwrap().limit, Rate::HIGHEST);
        let low = Share::of(rate(1, 1), NonZeroU32::new(5).unwrap());
        assert!(buckets.take(2, low).is_ok());
        assert_eq!(buckets.take(2, low).unwrap_err().wait, Duration::from_secs(5));
    }

    #[test]
    fn only_so_many_are_kept() {
        let (buckets, _) = buckets();
        let share = Share::of(rate(1, 1), ONE_NODE);
        assert!((0..1_000).all(|key| buckets.take(key, share).is_ok()));
        buckets.kept.run_pending_tasks();
        assert!(buckets.kept.entry_count() <= 100);
    }
}
