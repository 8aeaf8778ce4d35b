//! When the next packets are due.

use std::time::Duration;

use tokio::time::Instant;

/// The time between two packets.
pub(crate) const FRAME: Duration = Duration::from_millis(20);

/// After a stall at most this many packets go out at once; a longer burst only overruns the receiver's jitter buffer.
const CATCH_UP: u32 = 3;

/// Absolute deadlines 20 ms apart, so that a late wake-up never shifts the packets after it.
#[derive(Debug)]
pub(crate) struct Pacer {
    next: Instant,
}

/// What is due at a wake-up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// Frames that were missed for good: the timestamp passes over them.
    pub skipped: u32,
    /// Frames to send.
    pub frames: u32,
}

impl Pacer {
    pub(crate) fn starting(at: Instant) -> Self {
        Self { next: at }
    }

    /// The moment to wake up at.
    pub(crate) fn deadline(&self) -> Instant {
        self.next
    }

    /// Counts the frames due at `now` and moves the deadline behind them.
    pub(crate) fn take(&mut self, now: Instant) -> Due {
        let Some(late) = now.checked_duration_since(self.next) else { return Due { skipped: 0, frames: 0 } };
        let due = u32::try_from(late.as_millis() / FRAME.as_millis()).unwrap_or(u32::MAX - 1) + 1;
        self.next += FRAME * due;
        let frames = due.min(CATCH_UP);
        Due { skipped: due - frames, frames }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_wake_up_does_not_move_the_deadlines() {
        let start = Instant::now();
        let mut pacer = Pacer::starting(start);
        assert_eq!(pacer.take(start + Duration::from_millis(7)), Due { skipped: 0, frames: 1 });
        assert_eq!(pacer.deadline(), start + FRAME);
    }

    #[test]
    fn nothing_is_due_before_the_deadline() {
        let start = Instant::now();
        let mut pacer = Pacer::starting(start + FRAME);
        assert_eq!(pacer.take(start), Due { skipped: 0, frames: 0 });
    }

    #[test]
    fn a_short_stall_is_caught_up_and_a_long_one_skipped() {
        let start = Instant::now();
        let mut pacer = Pacer::starting(start);
        assert_eq!(pacer.take(start + Duration::from_millis(45)), Due { skipped: 0, frames: 3 });
        assert_eq!(pacer.take(start + Duration::from_millis(1_060)), Due { skipped: 48, frames: 3 });
        assert_eq!(pacer.deadline(), start + Duration::from_millis(1_080));
    }
}
