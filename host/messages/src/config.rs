//! The bounds of messages.

use std::time::Duration;

/// The bounds of messages.
#[derive(Debug, Clone)]
pub struct MessagesConfig {
    /// How long the record of a message is kept.
    pub retention: Duration,
    /// Base URL by which providers reach the APIs.
    pub base_url: Option<String>,
    /// Events that may wait for slow hooks; a provider that brings more is told to come again.
    pub waiting: usize,
    /// How long a hook may take.
    pub hook_timeout: Duration,
}

impl Default for MessagesConfig {
    fn default() -> Self {
        Self {
            retention: Duration::from_hours(24 * 30),
            base_url: None,
            waiting: 1_000,
            hook_timeout: Duration::from_secs(20),
        }
    }
}
