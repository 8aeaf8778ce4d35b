//! The time that lifetimes are counted by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The system's clock, or in tests one that is set forward or back. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    shift: Arc<AtomicI64>,
}

impl Clock {
    /// Sets it forward.
    pub fn advance(&self, by: Duration) {
        self.shift.fetch_add(milliseconds(by), Ordering::Relaxed);
    }

    /// Sets it back, as an operator or a time server may.
    pub fn set_back(&self, by: Duration) {
        self.shift.fetch_sub(milliseconds(by), Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Moment {
        let Moment(system) = Moment::of(SystemTime::now());
        Moment(system.saturating_add_signed(self.shift.load(Ordering::Relaxed)))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub(crate) u64);

impl Moment {
    pub(crate) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// None where it is beyond what the system's time can say.
    pub(crate) fn time(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_millis(self.0))
    }

    pub(crate) fn after(self, lifetime: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX)))
    }
}
