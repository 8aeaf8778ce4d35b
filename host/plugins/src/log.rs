//! What plugins have said lately, for those whose plugins they are. Lines stay in the memory of the node on which they were said.
//!
//! A line belongs to the owner of the plugin, not to the account whose call it was about: what the installation's plugins say is the
//! installation's, even where they work for an account.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use moka::sync::Cache;
use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_sandbox::{LogLevel, LogLine, PluginLog};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Lines of one plugin that are kept.
const LINES: usize = 1_000;
/// Bytes of them.
const BYTES: usize = 512 << 10;
/// Lines of one plugin in a second.
const RATE: u32 = 500;
/// Plugins whose lines are kept.
const PLUGINS: u64 = 2_000;
/// How long the lines of a plugin are kept that says nothing more.
const IDLE: Duration = Duration::from_hours(24);
/// Lines that a follower may be behind.
const BEHIND: usize = 256;
/// Followers of one plugin.
const FOLLOWERS: usize = 16;

/// A line that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Counts the lines of the plugin on this node.
    pub number: u64,
    /// Milliseconds since 1970.
    pub at: u64,
    /// How much it matters.
    pub level: LogLevel,
    /// The version that said it.
    pub version: String,
    /// Whose call it was about.
    pub owner: Owner,
    /// The line.
    pub message: String,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The least that they matter.
    pub level: LogLevel,
    /// Milliseconds since 1970 from which on.
    pub since: u64,
    /// The last ones of them.
    pub limit: usize,
}

impl Wanted {
    fn takes(&self, line: &Said) -> bool {
        line.level >= self.level && line.at >= self.since
    }
}

/// What a follower gets next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// A line.
    Line(Arc<Said>),
    /// It was too slow for so many lines.
    Missed(u64),
}

/// There are as many followers as may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} clients follow this log already")]
pub struct TooManyFollowers(pub usize);

/// The lines of all plugins.
#[derive(Debug)]
pub struct PluginLogs {
    rings: Cache<(Owner, String), Arc<Mutex<Ring>>>,
    closed: AtomicBool,
}

impl Default for PluginLogs {
    fn default() -> Self {
        let rings = Cache::builder().max_capacity(PLUGINS).time_to_idle(IDLE).build();
        Self { rings, closed: AtomicBool::new(false) }
    }
}

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Arc<Said>>,
    bytes: usize,
    next: u64,
    second: u64,
    in_second: u32,
    dropped: u64,
    followers: Option<broadcast::Sender<Arc<Said>>>,
}

impl Ring {
    /// Takes a line, unless there were too many in its second; the first one that is too many is told instead.
    fn take(&mut self, line: Said) {
        let second = line.at / 1_000;
        if second != self.second {
            (self.second, self.in_second) = (second, 0);
        }
        self.in_second = self.in_second.saturating_add(1);
        if self.in_second > RATE {
            self.dropped += 1;
        }
        match self.in_second.checked_sub(RATE) {
            None | Some(0) => self.keep(line),
            Some(1) => {
                let message = format!("more than {RATE} lines in a second: the rest of them is left out");
                self.keep(Said { level: LogLevel::Warn, message, ..line });
            }
            Some(_) => {}
        }
    }

    fn keep(&mut self, line: Said) {
        let line = Arc::new(Said { number: self.next, ..line });
        self.next += 1;
        self.bytes += line.message.len();
        if let Some(followers) = &self.followers {
            // Nobody follows just now: that is no fault.
            let _ = followers.send(Arc::clone(&line));
        }
        self.lines.push_back(line);
        while self.lines.len() > LINES || self.bytes > BYTES {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.message.len();
        }
    }

    fn wanted(&self, wanted: Wanted) -> Vec<Arc<Said>> {
        let newest = self.lines.iter().rev().filter(|line| wanted.takes(line)).take(wanted.limit);
        let mut lines: Vec<Arc<Said>> = newest.cloned().collect();
        lines.reverse();
        lines
    }
}

impl PluginLog for PluginLogs {
    fn write(&self, line: LogLine<'_>) {
        let at = line.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let said = Said {
            number: 0,
            at: u64::try_from(at).unwrap_or(u64::MAX),
            level: line.level,
            version: line.plugin.version.clone(),
            owner: line.owner,
            message: line.message.to_owned(),
        };
        self.ring(line.plugin.owner, &line.plugin.name).lock().take(said);
    }
}

impl PluginLogs {
    fn ring(&self, owner: Owner, plugin: &str) -> Arc<Mutex<Ring>> {
        self.rings.get_with((owner, plugin.to_owned()), Arc::default)
    }

    /// What an owner's plugin has said on this node, oldest first.
    #[must_use]
    pub fn read(&self, owner: Owner, plugin: &str, wanted: Wanted) -> Vec<Arc<Said>> {
        let ring = self.rings.get(&(owner, plugin.to_owned()));
        ring.map(|ring| ring.lock().wanted(wanted)).unwrap_or_default()
    }

    /// Lines that were left out because there were too many in their second.
    #[must_use]
    pub fn dropped(&self, owner: Owner, plugin: &str) -> u64 {
        self.rings.get(&(owner, plugin.to_owned())).map_or(0, |ring| ring.lock().dropped)
    }

    /// What it has said, and then what it says.
    ///
    /// # Errors
    /// [`TooManyFollowers`].
    pub fn follow(&self, owner: Owner, plugin: &str, wanted: Wanted) -> Result<Follower, TooManyFollowers> {
        let ring = self.ring(owner, plugin);
        let mut locked = ring.lock();
        let followers = locked.followers.get_or_insert_with(|| broadcast::Sender::new(BEHIND));
        if followers.receiver_count() >= FOLLOWERS {
            return Err(TooManyFollowers(FOLLOWERS));
        }
        let lines = followers.subscribe();
        if self.closed.load(Ordering::Acquire) {
            locked.followers = None;
        }
        let earlier = locked.wanted(wanted).into();
        drop(locked);
        Ok(Follower { earlier, lines, wanted, _ring: ring })
    }

    /// Ends all followers; later ones get what there is and end.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.rings.iter().for_each(|(_, ring)| ring.lock().followers = None);
    }
}

/// Follows one plugin's lines.
#[derive(Debug)]
pub struct Follower {
    earlier: VecDeque<Arc<Said>>,
    lines: broadcast::Receiver<Arc<Said>>,
    wanted: Wanted,
    /// A ring that is followed must not be replaced by another one.
    _ring: Arc<Mutex<Ring>>,
}

impl Follower {
    /// The next line; none at the end.
    pub async fn next(&mut self) -> Option<Followed> {
        if let Some(line) = self.earlier.pop_front() {
            return Some(Followed::Line(line));
        }
        loop {
            match self.lines.recv().await {
                Ok(line) if self.wanted.takes(&line) => return Some(Followed::Line(line)),
                Ok(_) => {}
                Err(RecvError::Lagged(missed)) => return Some(Followed::Missed(missed)),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests;
