//! The last calls of a version.

use std::collections::VecDeque;

/// Calls that are looked back on.
const CALLS: usize = 1_000;

/// How a call went.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) failed: bool,
    pub(crate) differs: bool,
    /// Of one that did not fail.
    pub(crate) fuel: u64,
    pub(crate) micros: u64,
}

/// The last calls, and their sums.
#[derive(Debug, Default)]
pub(crate) struct Window {
    last: VecDeque<Call>,
    failed: u64,
    differing: u64,
    fuel: u64,
    micros: u64,
}

impl Window {
    pub(crate) fn push(&mut self, call: Call) {
        self.last.push_back(call);
        self.failed += u64::from(call.failed);
        self.differing += u64::from(call.differs);
        self.fuel = self.fuel.saturating_add(call.fuel);
        self.micros = self.micros.saturating_add(call.micros);
        if self.last.len() > CALLS
            && let Some(oldest) = self.last.pop_front()
        {
            self.failed -= u64::from(oldest.failed);
            self.differing -= u64::from(oldest.differs);
            self.fuel = self.fuel.saturating_sub(oldest.fuel);
            self.micros = self.micros.saturating_sub(oldest.micros);
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        u64::try_from(self.last.len()).unwrap_or(u64::MAX)
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    pub(crate) fn differing(&self) -> u64 {
        self.differing
    }

    /// Fuel and microseconds of a call that did not fail, on average.
    pub(crate) fn means(&self) -> Option<(u64, u64)> {
        let answered = self.calls() - self.failed;
        Some((self.fuel.checked_div(answered)?, self.micros.checked_div(answered)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_past_does_not_count() {
        let mut window = Window::default();
        for call in 0..1_500_u64 {
            window.push(Call {
                failed: call < 600,
                differs: call < 500,
                fuel: if call < 600 { 0 } else { 10 },
                micros: 0,
            });
        }
        assert_eq!((window.calls(), window.failed(), window.differing()), (1_000, 100, 0));
        assert_eq!(window.means(), Some((10, 0)));
    }
}
