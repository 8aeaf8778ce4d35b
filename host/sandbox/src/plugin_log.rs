//! What plugins say, and who listens.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use strowger_model::Owner;

use crate::module::PluginId;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For its author.
    Debug,
    /// What happened; what it writes to its standard output.
    Info,
    /// What should not have happened; what it writes to its standard error, and what the host denied it.
    Warn,
    /// What went wrong.
    Error,
}

impl LogLevel {
    /// The name that logs and REST use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One line of a plugin. The host has cut it, counted it and taken control characters out.
#[derive(Debug, Clone, Copy)]
pub struct LogLine<'a> {
    /// Whose call it was about.
    pub owner: Owner,
    /// Which plugin.
    pub plugin: &'a PluginId,
    /// How much it matters.
    pub level: LogLevel,
    /// The line.
    pub message: &'a str,
    /// When it was said.
    pub at: SystemTime,
}

/// Where plugins' lines go, beside the host's own log. Called while a call waits for the plugin: it must keep a line or drop it, and
/// never wait.
pub trait PluginLog: fmt::Debug + Send + Sync {
    /// Takes a line.
    fn write(&self, line: LogLine<'_>);
}
