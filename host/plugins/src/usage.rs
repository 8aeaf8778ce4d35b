//! What versions have used on this node in the last minute, hour and day: the difference between now and an earlier look.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_sandbox::{PluginId, PluginUsage, Sandbox};

use crate::service::Plugins;

/// The windows: name, how often is looked, how many looks are kept.
const WINDOWS: [(&str, Duration, usize); 3] = [
    ("minute", Duration::from_secs(10), 6),
    ("hour", Duration::from_mins(5), 12),
    ("day", Duration::from_hours(1), 24),
];
/// Versions that one look remembers; those beyond show what they have used since the start.
const VERSIONS: usize = 2_000;

/// Looks at what all versions have used.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<[VecDeque<Look>; WINDOWS.len()]>);

#[derive(Debug)]
struct Look {
    at: Instant,
    used: HashMap<PluginId, PluginUsage>,
}

/// What one version has used.
#[derive(Debug, Clone)]
pub struct VersionUsage {
    /// The version.
    pub version: String,
    /// Since the node started.
    pub total: PluginUsage,
    /// In the last minute, hour and day, by name; as much of them as the node has been running.
    pub windows: Vec<(&'static str, PluginUsage)>,
}

impl History {
    fn look(&self, now: Instant, used: &HashMap<PluginId, PluginUsage>) {
        let mut windows = self.0.lock();
        for (looks, (_, every, keep)) in windows.iter_mut().zip(WINDOWS) {
            if looks.back().is_some_and(|last| now.saturating_duration_since(last.at) < every) {
                continue;
            }
            looks.push_back(Look { at: now, used: used.clone() });
            if looks.len() > keep {
                looks.pop_front();
            }
        }
    }

    fn windows(&self, plugin: &PluginId, total: &PluginUsage) -> Vec<(&'static str, PluginUsage)> {
        let windows = self.0.lock();
        let since = |(looks, (name, ..)): (&VecDeque<Look>, (&'static str, Duration, usize))| {
            let before = looks.front().and_then(|look| look.used.get(plugin));
            (name, before.map_or_else(|| total.clone(), |before| total.since(before)))
        };
        windows.iter().zip(WINDOWS).map(since).collect()
    }
}

fn used(sandbox: &Sandbox) -> HashMap<PluginId, PluginUsage> {
    sandbox.used().into_iter().filter(|(_, usage)| usage.calls > 0).take(VERSIONS).collect()
}

impl Plugins {
    /// Looks at what plugins have used; to be called every ten seconds.
    pub fn look(&self) {
        self.0.history.look(Instant::now(), &used(&self.0.sandbox));
    }

    /// Looks every ten seconds for as long as it is polled, and writes what was given up and could not be written.
    pub async fn keep_looking(&self) {
        let mut tick = tokio::time::interval(Duration::from_secs(10));
        loop {
            tick.tick().await;
            self.look();
            self.save_rollouts().await;
        }
    }

    /// What an owner's versions of a plugin have used on this node.
    #[must_use]
    pub fn usage(&self, owner: Owner, name: &str) -> Vec<VersionUsage> {
        let used = self.0.sandbox.usage(owner, name);
        let shown = |(plugin, total): (PluginId, PluginUsage)| {
            let windows = self.0.history.windows(&plugin, &total);
            VersionUsage { version: plugin.version, total, windows }
        };
        used.into_iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_what_was_used_since_its_oldest_look() {
        let (history, plugin, start) = (History::default(), PluginId::system("x", "1"), Instant::now());
        let usage = |calls| {
            let mut usage = PluginUsage::default();
            usage.calls = calls;
            usage
        };
        for minute in 0..10_u64 {
            for tens in 0..6 {
                let now = start + Duration::from_secs(minute * 60 + tens * 10);
                history.look(now, &HashMap::from([(plugin.clone(), usage(1 + minute * 6 + tens))]));
            }
        }
        let calls: Vec<(&str, u64)> =
            history.windows(&plugin, &usage(61)).iter().map(|(name, used)| (*name, used.calls)).collect();
        assert_eq!(calls, [("minute", 6), ("hour", 60), ("day", 60)]);
        let new = PluginId::system("y", "1");
        assert_eq!(history.windows(&new, &usage(3)).first().map(|(_, used)| used.calls), Some(3));
    }
}
