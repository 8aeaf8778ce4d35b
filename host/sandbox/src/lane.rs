//! Where an account's slow invocations run: beside the workers that serve everybody's calls, and on no more than half of the processors
//! at once. Without it a few plugins that take all the time that they may have would hold every worker.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::budget::Scarce;
use crate::deadline::thread_time;

/// What takes less than this may run on the worker of its call: going elsewhere would cost more than it delays others.
pub(crate) const QUICK: Duration = Duration::from_micros(250);
/// Slow invocations of one account that may wait for their turn; each holds a thread.
const WAITING: u32 = 16;

/// How long an invocation took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// As the wall clock has it, which costs nothing to read: time off the processor is in it.
    Wall(Duration),
    /// On the processor.
    Processor(Duration),
}

impl Took {
    /// Begins to measure, exactly where the last time was suspicious.
    pub(crate) fn start(last: Option<Self>) -> Option<Duration> {
        let is_suspicious = last.is_some_and(|(Self::Wall(time) | Self::Processor(time))| time > QUICK);
        is_suspicious.then(thread_time)
    }

    /// What was measured since.
    pub(crate) fn stop(started: Option<Duration>, elapsed: Duration) -> Self {
        match started {
            Some(started) => Self::Processor(thread_time().saturating_sub(started)),
            None => Self::Wall(elapsed),
        }
    }
}

/// The slow lane of one account.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    taken: Mutex<Taken>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    running: usize,
    waiting: u32,
}

/// A turn, given back when it is dropped.
struct Turn<'a>(&'a Lane);

impl Lane {
    /// Runs it when its turn has come. Where too many wait already, a tenant's own is refused; no call is lost because what the host
    /// brings along has much to do.
    ///
    /// # Errors
    /// [`Scarce::AccountTurns`]
    pub(crate) fn run<T>(&self, is_refusable: bool, work: impl FnOnce() -> T) -> Result<T, Scarce> {
        beside(|| match self.enter() {
            Err(scarce) if is_refusable => Err(scarce),
            _turn => Ok(work()),
        })
    }

    fn enter(&self) -> Result<Turn<'_>, Scarce> {
        let most = available_parallelism().map_or(1, NonZeroUsize::get).div_euclid(2).max(1);
        let mut taken = self.taken.lock();
        if taken.running >= most {
            if taken.waiting >= WAITING {
                return Err(Scarce::AccountTurns(WAITING));
            }
            taken.waiting += 1;
            // Whoever runs ends within its budget, so this does too.
            self.freed.wait_while(&mut taken, |taken| taken.running >= most);
            taken.waiting -= 1;
        }
        taken.running += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.taken.lock().running -= 1;
        self.0.freed.notify_one();
    }
}

/// On this thread, whose other tasks are taken over by another one where it is a worker.
fn beside<T>(work: impl FnOnce() -> T) -> T {
    let is_worker = Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_worker { tokio::task::block_in_place(work) } else { work() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn no_more_than_half_of_the_processors_run_and_the_others_wait_for_their_turn() {
        let most = available_parallelism().map_or(1, NonZeroUsize::get).div_euclid(2).max(1);
        let (lane, running, seen) = (Arc::new(Lane::default()), Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..most + 8 {
                let _ = threads.spawn(|| {
                    let ran = lane.run(true, || {
                        seen.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        running.fetch_sub(1, Ordering::SeqCst);
                    });
                    assert_eq!(ran, Ok(()));
                });
            }
        });
        assert!((1..=most).contains(&seen.load(Ordering::SeqCst)));
        let taken = lane.taken.lock();
        assert_eq!((taken.running, taken.waiting), (0, 0));
    }

    #[test]
    fn what_was_slow_by_the_clock_on_the_wall_is_measured_on_the_processor_next_time() {
        let slow = QUICK * 2;
        assert_eq!((Took::start(None), Took::start(Some(Took::Wall(QUICK)))), (None, None));
        for last in [Took::Wall(slow), Took::Processor(slow)] {
            let started = Took::start(Some(last));
            std::thread::sleep(slow);
            assert!(matches!(Took::stop(started, slow), Took::Processor(time) if time < slow), "sleep is no work");
        }
    }

    #[test]
    fn whoever_would_wait_behind_too_many_is_refused_at_once() {
        let lane = Lane::default();
        let most = available_parallelism().map_or(1, NonZeroUsize::get).div_euclid(2).max(1);
        std::thread::scope(|threads| {
            let mut ends = Vec::new();
            for _ in 0..most {
                let ((end, ended), (begun, begins)) = (channel::<()>(), channel());
                ends.push(end);
                let lane = &lane;
                let _ = threads.spawn(move || {
                    lane.run(true, || {
                        let _ = begun.send(());
                        let _ = ended.recv();
                    })
                });
                begins.recv().unwrap();
            }
            for _ in 0..WAITING {
                let _ = threads.spawn(|| lane.run(true, || ()));
            }
            while lane.taken.lock().waiting < WAITING {
                std::thread::yield_now();
            }
            assert_eq!(lane.run(true, || ()), Err(Scarce::AccountTurns(WAITING)));
            assert_eq!(lane.run(false, || 7), Ok(7), "the host's own is never refused");
            drop(ends);
        });
        assert_eq!(lane.run(true, || 7), Ok(7));
    }
}
