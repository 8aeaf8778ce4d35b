//! What a plugin says while it is tried.

use parking_lot::Mutex;
use strowger_sandbox::{LogLevel, LogLine, PluginLog};

/// Lines that are kept of one question; what one invocation says is bounded by its limits.
const MOST: usize = 1_000;

/// The lines since they were last taken.
#[derive(Debug, Default)]
pub struct Lines(Mutex<Vec<(LogLevel, String)>>);

impl Lines {
    /// Takes them.
    pub(crate) fn take(&self) -> Vec<(LogLevel, String)> {
        std::mem::take(&mut self.0.lock())
    }
}

impl PluginLog for Lines {
    fn write(&self, line: LogLine<'_>) {
        let mut lines = self.0.lock();
        if lines.len() < MOST {
            lines.push((line.level, line.message.to_owned()));
        }
    }
}
