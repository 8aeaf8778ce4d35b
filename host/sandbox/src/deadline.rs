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
    /// Processor time at which the second half began.
    overtime_since: Option<Duration>,
}

impl Deadline {
    /// What happens when the epoch deadline has come.
    fn reached(&mut self, now: Duration) -> UpdateDeadline {
        let since = *self.overtime_since.get_or_insert(now);
        let left = self.half.saturating_sub(now.saturating_sub(since));
        if left.is_zero() { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(ticks(left)) }
    }
}

/// Lets the store ask for its [`Deadline`]; once per store.
pub(crate) fn watch(store: &mut Store<State>) {
    store.epoch_deadline_callback(|mut store| Ok(store.data_mut().deadline.reached(thread_time())));
}

/// Fuel and time for one invocation. One tick more, for the tick that is already running.
pub(crate) fn arm(store: &mut Store<State>, budget: Budget) -> wasmtime::Result<()> {
    let half = budget.wall / 2;
    store.set_fuel(budget.fuel)?;
    store.data_mut().deadline = Deadline { half, overtime_since: None };
    store.set_epoch_deadline(ticks(half) + 1);
    Ok(())
}

fn ticks(time: Duration) -> u64 {
    let ticks = time.as_micros().div_ceil(TICK.as_micros());
    u64::try_from(ticks).unwrap_or(u64::MAX >> 1).max(1)
}

fn thread_time() -> Duration {
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
        let mut deadline = Deadline { half: ms(5), overtime_since: None };
        assert!(matches!(deadline.reached(ms(100)), UpdateDeadline::Continue(5)));
        assert!(matches!(deadline.reached(ms(101)), UpdateDeadline::Continue(4)));
    }

    #[test]
    fn the_second_half_ends_the_invocation() {
        let mut deadline = Deadline { half: ms(5), overtime_since: None };
        deadline.reached(ms(100));
        assert!(matches!(deadline.reached(ms(105)), UpdateDeadline::Interrupt));
    }
}
