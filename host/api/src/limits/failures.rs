//! Failed authentications by address, so that keys and passwords cannot be guessed.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use governor::clock::{Clock, DefaultClock, Reference};
use governor::nanos::Nanos;
use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::buckets::{Limiter, Share, bounded};
use super::quota::Exceeded;

/// Authentications that an address which has failed before may have under way: as many may overshoot its rate.
const AT_ONCE: usize = 16;

/// Addresses that have failed, and how often.
pub(crate) struct Failures<C: Clock = DefaultClock> {
    suspects: Cache<(IpAddr, Share), Arc<Suspect<C>>>,
    clock: C,
}

struct Suspect<C: Clock> {
    limiter: Limiter<C>,
    /// Until then nothing from that address is tried: a right guess must look like a wrong one.
    silent_until: Mutex<Option<C::Instant>>,
    attempts: Arc<Semaphore>,
}

/// An authentication under way.
#[derive(Debug)]
pub(crate) struct Attempt {
    _place: Option<OwnedSemaphorePermit>,
}

impl Failures {
    pub(super) fn new(capacity: u64) -> Self {
        Self::with_clock(capacity, DefaultClock::default())
    }
}

impl<C> Failures<C>
where
    C: Clock + Clone + Send + Sync + 'static,
    C::Instant: Send + Sync + 'static,
{
    pub(super) fn with_clock(capacity: u64, clock: C) -> Self {
        Self { suspects: bounded(capacity), clock }
    }

    /// Asked before an authentication; what it answers is held until the outcome is known.
    pub(crate) fn attempt(&self, address: IpAddr, share: Share) -> Result<Attempt, Exceeded> {
        let Some(suspect) = self.suspects.get(&(network(address), share)) else { return Ok(Attempt { _place: None }) };
        let now = self.clock.now();
        if let Some(until) = (*suspect.silent_until.lock()).filter(|until| now < *until) {
            return Err(Exceeded { quota: None, wait: until.duration_since(now).into() });
        }
        match Arc::clone(&suspect.attempts).try_acquire_owned() {
            Ok(place) => Ok(Attempt { _place: Some(place) }),
            Err(_) => Err(Exceeded { quota: None, wait: share.period() }),
        }
    }

    /// Told of each authentication that failed.
    pub(crate) fn failed(&self, address: IpAddr, share: Share) {
        let suspect = self.suspects.get_with((network(address), share), || {
            Arc::new(Suspect {
                limiter: share.limiter(&self.clock),
                silent_until: Mutex::new(None),
                attempts: Arc::new(Semaphore::new(AT_ONCE)),
            })
        });
        let wait = match suspect.limiter.check() {
            Ok(state) if state.remaining_burst_capacity() > 0 => return,
            Ok(_) => share.period(),
            Err(until) => until.wait_time_from(self.clock.now()),
        };
        *suspect.silent_until.lock() = Some(self.clock.now() + Nanos::from(wait));
    }
}

/// Who has one IPv6 address has the /64 that it lies in.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;
    use strowger_model::Rate;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn share() -> Share {
        Share::of(Rate::new(1, 3).unwrap(), NonZeroU32::MIN)
    }

    fn failures() -> (Failures<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Failures::with_clock(100, clock.clone()), clock)
    }

    #[test]
    fn who_fails_too_often_is_not_heard_until_later() {
        let (failures, clock) = failures();
        let guesser = address("192.0.2.7");
        for _ in 0..3 {
            assert!(failures.attempt(guesser, share()).is_ok());
            failures.failed(guesser, share());
        }
        let refused = failures.attempt(guesser, share()).unwrap_err();
        assert_eq!(refused.wait, Duration::from_secs(1));
        assert!(failures.attempt(address("192.0.2.8"), share()).is_ok());
        clock.advance(refused.wait);
        assert!(failures.attempt(guesser, share()).is_ok());
        failures.failed(guesser, share());
        assert!(failures.attempt(guesser, share()).is_err());
    }

    #[test]
    fn who_never_fails_is_never_refused() {
        let (failures, _) = failures();
        let attempts: Vec<_> = (0..100).map(|_| failures.attempt(address("192.0.2.7"), share())).collect();
        assert!(attempts.iter().all(Result::is_ok));
    }

    #[test]
    fn a_suspect_does_not_guess_many_at_once() {
        let (failures, _) = failures();
        failures.failed(address("192.0.2.7"), share());
        let attempts: Vec<_> = (0..100).map(|_| failures.attempt(address("192.0.2.7"), share())).collect();
        assert_eq!(attempts.iter().filter(|attempt| attempt.is_ok()).count(), AT_ONCE);
        drop(attempts);
        assert!(failures.attempt(address("192.0.2.7"), share()).is_ok());
    }

    #[test]
    fn one_ipv6_network_is_one_guesser() {
        assert_eq!(network(address("2001:db8::1")), network(address("2001:db8::ffff:1")));
        assert_ne!(network(address("2001:db8::1")), network(address("2001:db8:0:1::1")));
        assert_eq!(network(address("::ffff:192.0.2.7")), address("192.0.2.7"));
    }
}
