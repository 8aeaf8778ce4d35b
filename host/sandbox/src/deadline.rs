//! The time budget of an invocation that runs to its end on one thread.
//!
//! The epoch is a wall clock, and on a busy machine a thread may be off the processor for longer than a plugin's whole budget: that is
//! not the plugin's doing. Half of the budget is therefore taken from the wall clock, which costs nothing to read, and when that has
//! passed the other half is granted in processor time of the thread.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wasmtime::{Store, UpdateDeadline};

use crate::engine::TICK;
use crate::limits::Budget;
use crate::state::State;

/// How far the running invocation has come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Deadline {
    half: Duration,
    /// Ticks of the first half that are left.
    ticks_left: u64,
    /// Processor time at which the second half began.
    overtime_since: Option<Duration>,
}

impl Deadline {
    /// What happens at a tick that finds it running.
    fn tick(&mut self, now: impl FnOnce() -> Duration) -> UpdateDeadline {
        self.ticks_left = self.ticks_left.saturating_sub(1);
        if self.ticks_left > 0 {
            return UpdateDeadline::Continue(1);
        }
        let now = now();
        let since = *self.overtime_since.get_or_insert(now);
        if now.saturating_sub(since) < self.half { UpdateDeadline::Continue(1) } else { UpdateDeadline::Interrupt }
    }
}

/// Lets the store ask for its [`Deadline`]; once per store.
///
/// The kernel lets a thread run for some milliseconds before another one has its processor. A worker that was just woken for somebody
/// else's call need not wait for that: whoever is found running at a tick has had more than its share.
pub(crate) fn watch(store: &mut Store<State>) {
    store.epoch_deadline_callback(|mut store| {
        std::thread::yield_now();
        Ok(store.data_mut().deadline.tick(thread_time))
    });
}

/// Fuel and time for one invocation. One tick more, for the tick that is already running.
pub(crate) fn arm(store: &mut Store<State>, budget: Budget) -> wasmtime::Result<()> {
    let half = budget.wall / 2;
    store.set_fuel(budget.fuel)?;
    store.data_mut().deadline = Deadline { half, ticks_left: ticks(half) + 1, overtime_since: None };
    store.set_epoch_deadline(1);
    Ok(())
}

fn ticks(time: Duration) -> u64 {
    let ticks = time.as_micros().div_ceil(TICK.as_micros());
    u64::try_from(ticks).unwrap_or(u64::MAX >> 1).max(1)
}

/// Processor time of this thread.
pub(crate) fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn time_off_the_processor_is_not_charged() {
        let mut deadline = Deadline { half: ms(5), ticks_left: 1, overtime_since: None };
        assert!(matches!(deadline.tick(|| ms(100)), UpdateDeadline::Continue(1)));
        assert!(matches!(deadline.tick(|| ms(100)), UpdateDeadline::Continue(1)));
        assert!(matches!(deadline.tick(|| ms(104)), UpdateDeadline::Continue(1)));
    }

    #[test]
    fn the_second_half_begins_after_the_first_and_ends_the_invocation() {
        let mut deadline = Deadline { half: ms(5), ticks_left: 3, overtime_since: None };
        let unread = || unreachable!("the clock of the thread is not read in the first half");
        assert!(matches!(deadline.tick(unread), UpdateDeadline::Continue(1)));
        assert!(matches!(deadline.tick(unread), UpdateDeadline::Continue(1)));
        assert!(matches!(deadline.tick(|| ms(100)), UpdateDeadline::Continue(1)));
        assert!(matches!(deadline.tick(|| ms(105)), UpdateDeadline::Interrupt));
    }
}
