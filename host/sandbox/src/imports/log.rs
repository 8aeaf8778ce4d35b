//! `log`: a plugin's own lines, capped per invocation.

use crate::bindings::selector::strowger::plugin::log::{Host, Level};
use crate::plugin_log::LogLevel;
use crate::state::State;

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace => Self::Trace,
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}

impl Host for State {
    fn log(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        self.count_host_call()?;
        self.journal.write(level.into(), &message);
        Ok(())
    }
}
