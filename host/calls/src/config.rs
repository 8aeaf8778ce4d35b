//! How calls are bounded.

use std::time::Duration;

/// Bounds of the call manager.
#[derive(Debug, Clone)]
pub struct CallsConfig {
    /// Calls that may be live at once; more are answered 503.
    pub max_live: usize,
    /// Carriers that one call tries.
    pub max_attempts: usize,
    /// How long the record of a call is kept after its end.
    pub retention: Duration,
    /// How long it is kept among the recent calls.
    pub recent_retention: Duration,
    /// How long alerts are kept.
    pub alert_retention: Duration,
    /// How long the final status event of a call is kept for a receiver that does not take it.
    pub event_retention: Duration,
    /// How long a call hook may take. The sandbox has a bound of its own, and says more; this one is for its failing.
    pub hook_timeout: Duration,
    /// How long an update is waited for before it is answered as under way.
    pub update_wait: Duration,
}

impl Default for CallsConfig {
    fn default() -> Self {
        Self {
            max_live: 2_000,
            max_attempts: 32,
            retention: Duration::from_secs(3_600),
            recent_retention: Duration::from_secs(90 * 86_400),
            alert_retention: Duration::from_secs(90 * 86_400),
            event_retention: Duration::from_secs(86_400),
            hook_timeout: Duration::from_secs(20),
            update_wait: Duration::from_secs(2),
        }
    }
}
