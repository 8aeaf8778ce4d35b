//! Circuit breakers: a plugin version that keeps failing is left alone for a while, and its step goes to what comes after it.
//!
//! One for each account and version. It opens after [`FAULTS`] faults among the last [`CALLS`] invocations, none of them older than
//! [`WINDOW`]; after a pause one call tries the version again, and its answer closes the breaker or doubles the pause.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use strowger_sandbox::FaultKind;

/// Faults that open it.
pub(crate) const FAULTS: u32 = 5;
/// Invocations that are looked back on.
const CALLS: u32 = 20;
/// A fault that is followed by none for so long is forgotten.
const WINDOW: Duration = Duration::from_secs(60);
/// How long a version is left alone at first.
const PAUSE: Duration = Duration::from_secs(10);
/// How long it is left alone at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// A trial that has not ended by then is taken for lost.
const TRIAL: Duration = Duration::from_secs(10);

/// A breaker.
pub(crate) struct Breaker {
    /// Nothing has failed of late: what nearly every call finds, without taking the lock.
    calm: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last invocations, the newest lowest; 1 is a fault.
    history: u32,
    last_fault: Option<Instant>,
    open: Option<Open>,
}

struct Open {
    until: Instant,
    pause: Duration,
    /// When the trial began that is under way.
    trial: Option<Instant>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { calm: AtomicBool::new(true), state: Mutex::default() }
    }
}

impl Breaker {
    /// Whether the version may be asked. Where the breaker is open and its pause is over, one caller is told so; the others wait for how
    /// that goes.
    pub(crate) fn admits(&self) -> bool {
        self.is_calm() || self.admits_at(Instant::now())
    }

    /// Takes note of an answer.
    pub(crate) fn succeeded(&self) {
        if !self.is_calm() {
            self.note(None, Instant::now());
        }
    }

    /// Takes note of a fault, if it is one of the plugin's own. Whether it opened the breaker.
    pub(crate) fn failed(&self, kind: &FaultKind) -> bool {
        if is_its_own(kind) { self.note(Some(()), Instant::now()) } else { false }
    }

    /// Whether it is open, whoever asks.
    pub(crate) fn is_open(&self) -> bool {
        !self.is_calm() && self.state.lock().open.is_some()
    }

    fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    fn admits_at(&self, now: Instant) -> bool {
        let mut state = self.state.lock();
        let Some(open) = &mut state.open else { return true };
        let is_tried = open.trial.is_some_and(|began| now.duration_since(began) < TRIAL);
        if now < open.until || is_tried {
            return false;
        }
        open.trial = Some(now);
        true
    }

    /// Whether the breaker was opened by it, from being closed.
    fn note(&self, fault: Option<()>, now: Instant) -> bool {
        let mut state = self.state.lock();
        let opened = match fault {
            Some(()) => state.fault(now),
            None => {
                state.success(now);
                false
            }
        };
        self.calm.store(state.history == 0 && state.open.is_none(), Ordering::Relaxed);
        opened
    }
}

impl State {
    fn fault(&mut self, now: Instant) -> bool {
        self.forget(now);
        self.last_fault = Some(now);
        self.history = (self.history << 1 | 1) & MASK;
        match &mut self.open {
            Some(open) => {
                // Calls that began before it opened may fail after; only a trial says something new.
                if open.trial.take().is_some() {
                    open.pause = (open.pause * 2).min(LONGEST_PAUSE);
                    open.until = now + open.pause;
                }
                false
            }
            None if self.history.count_ones() >= FAULTS => {
                self.open = Some(Open { until: now + PAUSE, pause: PAUSE, trial: None });
                true
            }
            None => false,
        }
    }

    fn success(&mut self, now: Instant) {
        if self.open.as_ref().is_some_and(|open| open.trial.is_some()) {
            *self = Self::default();
            return;
        }
        self.forget(now);
        self.history = self.history << 1 & MASK;
    }

    fn forget(&mut self, now: Instant) {
        if self.last_fault.is_some_and(|last| now.duration_since(last) > WINDOW) {
            self.history = 0;
        }
    }
}

/// The bits of the invocations that are looked back on.
const MASK: u32 = (1 << CALLS) - 1;

/// Whether a fault tells something about the plugin. One that refuses a call or its parameters does what plugins do; one that found no
/// instance, or is not there, was not asked.
pub(crate) fn is_its_own(kind: &FaultKind) -> bool {
    !matches!(
        kind,
        FaultKind::Refused(_)
            | FaultKind::BadParameter { .. }
            | FaultKind::Overloaded(_)
            | FaultKind::NotInstalled
            | FaultKind::Unusable(_)
            | FaultKind::WrongKind(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(at: Instant) -> Breaker {
        let breaker = Breaker::default();
        let opened: Vec<bool> = (0..FAULTS).map(|_| breaker.note(Some(()), at)).collect();
        assert_eq!(opened, [false, false, false, false, true]);
        breaker
    }

    #[test]
    fn faults_among_many_answers_do_not_open_it() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..100 {
            assert!(!breaker.note(Some(()), now));
            assert!((0..4).all(|_| !breaker.note(None, now)));
        }
        assert!(breaker.admits_at(now) && !breaker.is_open());
        assert!((0..CALLS).all(|_| !breaker.note(None, now)));
        assert!(breaker.is_calm());
    }

    #[test]
    fn faults_that_are_long_ago_are_forgotten() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for round in 0..2 * FAULTS {
            assert!(!breaker.note(Some(()), now + (WINDOW + Duration::from_secs(1)) * round));
        }
    }

    #[test]
    fn after_a_pause_one_call_tries_and_its_answer_closes_it() {
        let now = Instant::now();
        let breaker = opened(now);
        assert!(!breaker.admits_at(now) && breaker.is_open());
        let later = now + PAUSE;
        assert!(breaker.admits_at(later) && !breaker.admits_at(later), "one of them tries");
        breaker.note(None, later);
        assert!(breaker.is_calm() && breaker.admits());
    }

    #[test]
    fn a_trial_that_fails_doubles_the_pause_and_one_that_is_lost_is_made_again() {
        let now = Instant::now();
        let breaker = opened(now);
        let mut at = now + PAUSE;
        assert!(breaker.admits_at(at));
        breaker.note(Some(()), at);
        assert!(!breaker.admits_at(at + PAUSE));
        at += PAUSE * 2;
        assert!(breaker.admits_at(at) && !breaker.admits_at(at));
        assert!(breaker.admits_at(at + TRIAL));
    }

    #[test]
    fn what_a_plugin_says_no_to_is_no_fault_of_its_own() {
        let breaker = Breaker::default();
        assert!((0..100).all(|_| !breaker.failed(&FaultKind::Refused("no".into()))));
        assert!(breaker.is_calm());
        assert!((0..FAULTS).any(|_| breaker.failed(&FaultKind::Fuel(1))) && breaker.is_open());
    }
}
