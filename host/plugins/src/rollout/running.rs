//! A running rollout, as those use it who ask plugins.

use std::sync::Arc;
use std::time::SystemTime;

use metrics::{Counter, counter};
use rand::RngExt;
use strowger_model::Owner;
use strowger_sandbox::{FaultKind, LogLevel, LogLine, Module, PluginFault, PluginId, PluginLog, Usage};
use tokio::runtime::Handle;

use super::figures::{Difference, Seen};
use super::share::is_chosen;
use super::watches::Watch;
use super::{Mode, Rollout};
use crate::service::Plugins;

/// A rollout whose version can be used.
pub struct Running {
    /// The version that is tried.
    pub candidate: Arc<Module>,
    pub(super) plugins: Plugins,
    pub(super) rollout: Rollout,
    pub(super) watch: Arc<Watch>,
    answered: Counter,
    different: Counter,
    dropped: Counter,
}

/// What came of a shadow's answer.
#[derive(Debug)]
pub struct Compared {
    /// What it took, or how it failed.
    pub candidate: Result<Usage, PluginFault>,
    /// What the active version took, where it answered.
    pub active: Option<Usage>,
    /// How the two differ, where they do.
    pub difference: Option<Difference>,
}

impl Running {
    pub(super) fn new(plugins: Plugins, rollout: Rollout, watch: Arc<Watch>, candidate: Arc<Module>) -> Self {
        let counts = |result| counted(&plugins, &candidate, rollout.mode, result);
        let (answered, different, dropped) = (counts("ok"), counts("different"), counts("dropped"));
        Self { candidate, plugins, rollout, watch, answered, different, dropped }
    }

    /// What is done with the version.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.rollout.mode
    }

    /// Whether the version, as a canary, answers this caller of that account.
    #[must_use]
    pub fn chooses(&self, account: Owner, caller: &str) -> bool {
        let Rollout { mode, version, percent, .. } = &self.rollout;
        let name = &self.candidate.plugin.name;
        *mode == Mode::Canary && !self.watch.is_over() && is_chosen(account, name, version, caller, *percent)
    }

    /// Whether the version, as a shadow, is asked about this call too.
    #[must_use]
    pub fn samples(&self) -> bool {
        let Rollout { mode, percent, .. } = &self.rollout;
        *mode == Mode::Shadow && !self.watch.is_over() && rand::rng().random_range(0..100) < *percent
    }

    /// The version answered a call.
    pub fn answered(&self, usage: Usage) {
        self.answered.increment(1);
        self.judged(|seen| seen.answered(usage, false));
    }

    /// The version failed a call.
    pub fn failed(&self, fault: &PluginFault) {
        self.counts(fault);
        self.judged(|seen| failed(seen, fault, false));
    }

    /// The active version answered a call.
    pub fn active_answered(&self, usage: Usage) {
        self.watch.seen.lock().active_answered(usage);
    }

    /// The active version failed a call.
    pub fn active_failed(&self) {
        self.watch.seen.lock().active_failed();
    }

    /// The version was compared with the active one.
    pub fn compared(&self, compared: Compared) {
        let Compared { candidate, active, difference } = compared;
        let differs = difference.is_some();
        match &candidate {
            Ok(_) if differs => self.different.increment(1),
            Ok(_) => self.answered.increment(1),
            Err(fault) => self.counts(fault),
        }
        self.judged(|seen| {
            match &candidate {
                Ok(usage) => seen.answered(*usage, differs),
                Err(fault) => failed(seen, fault, differs),
            }
            if let Some(usage) = active {
                seen.active_answered(usage);
            }
            seen.compared(difference);
        });
    }

    /// A call was to be compared, and was not.
    pub fn dropped(&self) {
        self.dropped.increment(1);
        self.watch.seen.lock().figures.dropped += 1;
    }

    fn counts(&self, fault: &PluginFault) {
        counted(&self.plugins, &self.candidate, self.rollout.mode, fault.kind.name()).increment(1);
    }

    /// Takes note of a call, and gives the version up where it was one too many.
    fn judged(&self, note: impl FnOnce(&mut Seen)) {
        let reason = {
            let mut seen = self.watch.seen.lock();
            note(&mut seen);
            let reason = if self.watch.is_over() { None } else { self.rollout.abort.judge(&seen.window) };
            let last =
                seen.figures.last_error.as_ref().map_or(String::new(), |last| format!("; the last error: {last}"));
            reason.map(|reason| reason + &last)
        };
        if let Some(reason) = reason {
            give_up(&self.plugins, &self.watch, &self.candidate.plugin, self.rollout.mode, &reason);
        }
    }

    /// Whether it was given up on this node.
    pub(super) fn is_over(&self) -> bool {
        self.watch.is_over()
    }
}

/// Gives a version up: at once here, and on the other nodes when the store has it.
pub(super) fn give_up(plugins: &Plugins, watch: &Watch, plugin: &PluginId, mode: Mode, reason: &str) {
    if !watch.end(reason) {
        return;
    }
    let mode = mode.name();
    let PluginId { owner, name, version } = plugin;
    tracing::warn!(%owner, plugin = %name, %version, mode, reason, "rolled back");
    let message = format!("the {mode} is rolled back: {reason}");
    let (level, at) = (LogLevel::Warn, SystemTime::now());
    plugins.logs().write(LogLine { owner: *owner, plugin, level, message: &message, at });
    let [owner, name, version] = plugins.0.watches.labels(plugin);
    let labels = [("owner", owner), ("plugin", name), ("version", version), ("mode", mode.to_owned())];
    counter!("strowger_plugin_rollout_rolled_back_total", &labels).increment(1);
    // Where it cannot be written now, the next look at what is not written yet does it.
    if let Ok(runtime) = Handle::try_current() {
        let plugins = plugins.clone();
        runtime.spawn(async move { plugins.save_rollouts().await });
    }
}

fn failed(seen: &mut Seen, fault: &PluginFault, differs: bool) {
    match &fault.kind {
        // It is no fault of the version's that others use the budget up.
        FaultKind::Overloaded(_) => seen.figures.rejected += 1,
        kind => seen.failed(kind.name(), &fault.to_string(), differs),
    }
}

fn counted(plugins: &Plugins, candidate: &Module, mode: Mode, result: &'static str) -> Counter {
    let [owner, name, version] = plugins.0.watches.labels(&candidate.plugin);
    counter!(
        "strowger_plugin_rollout_calls_total",
        "owner" => owner,
        "plugin" => name,
        "version" => version,
        "mode" => mode.name(),
        "result" => result,
    )
}
