//! A version that is tried on some of the calls before it becomes the active one.
//!
//! As a *canary* it answers a share of the calls, always those of the same callers; as a *shadow* it is asked beside the active version,
//! and what it answers is compared and thrown away. Every node judges it by what it sees itself; the first one that finds it too bad
//! writes so into the plugin's document, and the others follow by the feed.

mod abort;
mod change;
mod figures;
mod find;
mod hooks;
mod read;
mod running;
mod share;
mod watches;
mod window;

use serde::{Deserialize, Serialize};

pub use abort::Abort;
pub use figures::{Difference, Figures, Used};
pub(crate) use hooks::HookCalls;
pub use hooks::HookError;
pub use read::Wanted as WantedRollout;
pub use running::{Compared, Running};
pub(crate) use watches::Watches;

/// What is done with the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is asked beside the active version and compared with it.
    Shadow,
    /// It answers a share of the calls.
    Canary,
}

impl Mode {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Canary => "canary",
        }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutState {
    /// It goes on.
    Running,
    /// The version was too bad: it is not asked any more.
    RolledBack,
    /// Somebody ended it.
    Stopped,
}

/// A rollout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// Tells it from an earlier one.
    pub id: String,
    /// The version that is tried.
    pub version: String,
    /// How.
    pub mode: Mode,
    /// The share of the calls, 1 to 100.
    pub percent: u8,
    /// When it is given up.
    pub abort: Abort,
    /// How it stands.
    pub state: RolloutState,
    /// Why it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Gregorian seconds.
    pub started: i64,
    /// Gregorian seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
}

impl Rollout {
    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == RolloutState::Running
    }

    pub(crate) fn ends(&mut self, state: RolloutState, reason: Option<String>, now: i64) {
        (self.state, self.reason, self.ended) = (state, reason, Some(now));
    }
}
