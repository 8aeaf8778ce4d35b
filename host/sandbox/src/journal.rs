//! What one instance of a plugin says: cleaned, cut, counted, and handed on.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use strowger_model::Owner;

use crate::limits::Limits;
use crate::module::PluginId;
use crate::plugin_log::{LogLevel, LogLine, PluginLog};

/// Bytes of one line; the rest of a longer one is cut off.
pub(crate) const MAX_LINE: usize = 4 << 10;

/// The journal of one instance. Shared by its imports, its standard streams and its requests.
pub(crate) struct Journal {
    owner: Owner,
    plugin: Arc<PluginId>,
    sink: Option<Arc<dyn PluginLog>>,
    allowance: Room,
    room: Mutex<Room>,
}

/// What an invocation may still say.
#[derive(Debug, Clone, Copy)]
struct Room {
    bytes: usize,
    lines: u32,
    /// Whether it was told that no more is written.
    told: bool,
}

/// Whether a line is written.
enum Verdict {
    Written,
    /// This is the first one that is not.
    Last,
    Dropped,
}

impl Room {
    fn take(&mut self, bytes: usize) -> Verdict {
        match (self.bytes.checked_sub(bytes), self.lines.checked_sub(1)) {
            (Some(bytes), Some(lines)) if !self.told => {
                (self.bytes, self.lines) = (bytes, lines);
                Verdict::Written
            }
            _ if self.told => Verdict::Dropped,
            _ => {
                self.told = true;
                Verdict::Last
            }
        }
    }
}

impl Journal {
    pub(crate) fn new(owner: Owner, plugin: Arc<PluginId>, sink: Option<Arc<dyn PluginLog>>, limits: &Limits) -> Self {
        let allowance = Room { bytes: limits.log_bytes, lines: limits.log_lines, told: false };
        Self { owner, plugin, sink, allowance, room: Mutex::new(allowance) }
    }

    /// Gives an invocation its full allowance.
    pub(crate) fn refill(&self) {
        *self.room.lock() = self.allowance;
    }

    /// Writes a line, or tells once that there are too many.
    pub(crate) fn write(&self, level: LogLevel, message: &str) {
        let line = clean(cut(message));
        let verdict = self.room.lock().take(line.len());
        match verdict {
            Verdict::Written => self.hand_on(level, &line),
            Verdict::Last => {
                let Room { bytes, lines, .. } = self.allowance;
                let told = format!("more than {lines} lines or {bytes} bytes in one invocation: the rest is left out");
                self.hand_on(LogLevel::Warn, &told);
            }
            Verdict::Dropped => {}
        }
    }

    fn hand_on(&self, level: LogLevel, message: &str) {
        let (owner, plugin) = (self.owner, &*self.plugin);
        let (name, version) = (&*plugin.name, &*plugin.version);
        match level {
            LogLevel::Trace => tracing::trace!(target: "plugin", %owner, name, version, "{message}"),
            LogLevel::Debug => tracing::debug!(target: "plugin", %owner, name, version, "{message}"),
            LogLevel::Info => tracing::info!(target: "plugin", %owner, name, version, "{message}"),
            LogLevel::Warn => tracing::warn!(target: "plugin", %owner, name, version, "{message}"),
            LogLevel::Error => tracing::error!(target: "plugin", %owner, name, version, "{message}"),
        }
        if let Some(sink) = &self.sink {
            sink.write(LogLine { owner, plugin, level, message, at: SystemTime::now() });
        }
    }
}

fn cut(message: &str) -> &str {
    message.get(..message.floor_char_boundary(MAX_LINE)).unwrap_or(message)
}

/// A line that cannot look like two, or move a terminal's cursor.
fn clean(message: &str) -> Cow<'_, str> {
    let message = message.trim_end_matches(|c: char| c.is_whitespace() || c.is_control());
    if message.contains(char::is_control) {
        Cow::Owned(message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Kept(Mutex<Vec<(LogLevel, String)>>);

    impl PluginLog for Kept {
        fn write(&self, line: LogLine<'_>) {
            self.0.lock().push((line.level, line.message.to_owned()));
        }
    }

    fn journal(limits: &Limits) -> (Journal, Arc<Kept>) {
        let kept = Arc::new(Kept::default());
        let plugin = Arc::new(PluginId::system("x", "1"));
        (Journal::new(Owner::System, plugin, Some(Arc::clone(&kept) as Arc<dyn PluginLog>), limits), kept)
    }

    #[test]
    fn that_more_was_said_is_told_once() {
        let (journal, kept) = journal(&Limits { log_lines: 2, ..Limits::default() });
        for line in ["one", "two", "three", "four"] {
            journal.write(LogLevel::Info, line);
        }
        let told: Vec<String> = kept.0.lock().iter().map(|(_, line)| line.clone()).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.last().is_some_and(|line| line.contains("left out")), "{told:?}");
        journal.refill();
        journal.write(LogLevel::Info, "five");
        assert_eq!(kept.0.lock().last().map(|(_, line)| line.clone()).as_deref(), Some("five"));
    }

    #[test]
    fn bytes_are_counted_too() {
        let (journal, kept) = journal(&Limits { log_bytes: 4, ..Limits::default() });
        journal.write(LogLevel::Info, "four");
        journal.write(LogLevel::Info, "5");
        assert_eq!(kept.0.lock().len(), 2);
        assert_eq!(kept.0.lock().last().map(|(level, _)| *level), Some(LogLevel::Warn));
    }

    #[test]
    fn a_line_is_one_line() {
        let (journal, kept) = journal(&Limits::default());
        journal.write(LogLevel::Error, "a\nb\u{1b}[2Jc\r\n");
        journal.write(LogLevel::Info, &"ä".repeat(MAX_LINE));
        let kept = kept.0.lock();
        assert_eq!(kept.first(), Some(&(LogLevel::Error, "a b [2Jc".to_owned())));
        assert_eq!(kept.get(1).map(|(_, line)| line.len()), Some(MAX_LINE));
    }
}
