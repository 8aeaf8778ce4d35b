//! The life of plugins: uploaded, judged, granted, made active, taken back, deleted. Each belongs to one account, or to the
//! installation, whose plugins are for all accounts.
//!
//! A version never changes: its component lies in the store as a blob, its verdict beside it, and what `active` says decides which one
//! the plugin's name means. Compiled code is this machine's own affair (`strowger-sandbox`) and made again wherever it is missing.

mod active;
mod book;
mod books;
mod document;
mod error;
mod examine;
mod forget;
mod intake;
mod kv;
mod limits;
mod loaded;
mod log;
mod name;
mod named;
mod remove;
mod rollout;
mod service;
mod summary;
mod uploads;
mod usage;

pub use active::Change;
pub use document::{Plugin, Status, Version};
pub use error::{FindError, PluginsError};
pub use intake::Intake;
pub use kv::{Kept, StoredKeyValues};
pub use limits::{SetLimits, limits_by_name};
pub use log::{Followed, Follower, PluginLogs, Said, TooManyFollowers, Wanted};
pub use name::{InvalidName, Reference};
pub use rollout::{
    Abort, Compared, Difference, Figures, HookError, Mode, Rollout, RolloutState, Running, Used, WantedRollout,
};
pub use service::{Plugins, PluginsLimits};
pub use summary::{Standing, Summary};
pub use usage::VersionUsage;

#[cfg(test)]
mod tests;
