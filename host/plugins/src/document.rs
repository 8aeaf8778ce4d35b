//! What the store keeps of a plugin and of its versions.

use serde::{Deserialize, Serialize};
use strowger_model::Owner;
use strowger_sandbox::{Capability, Grants, ModuleKind, Verdict};
use strowger_store::{Blob, Key, Kind};

use crate::limits::SetLimits;
use crate::rollout::Rollout;

/// A plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// The kind of its first accepted version: every later one is of the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModuleKind>,
    /// The version that its name means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    /// Versions that were active before, the last one last: what a roll-back goes back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The version that becomes active once it is granted what it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// What it is granted, whichever version.
    #[serde(default)]
    pub grants: Grants,
    /// Its limits where they are others than the installation's.
    #[serde(default, skip_serializing_if = "SetLimits::is_empty")]
    pub limits: SetLimits,
    /// The version that is tried before it becomes the active one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// Gregorian seconds.
    #[serde(rename = "pvt_created")]
    pub created: i64,
    /// Gregorian seconds.
    #[serde(rename = "pvt_modified")]
    pub modified: i64,
}

impl Plugin {
    /// Versions that are remembered for rolling back.
    pub(crate) const HISTORY: usize = 20;

    pub(crate) fn new(name: &str, now: i64) -> Self {
        Self {
            name: name.to_owned(),
            kind: None,
            active: None,
            history: Vec::new(),
            pending: None,
            grants: Grants::default(),
            limits: SetLimits::default(),
            rollout: None,
            created: now,
            modified: now,
        }
    }

    pub(crate) fn key(owner: Owner, name: &str) -> Key {
        Key::new(owner, Kind::Plugin, name)
    }

    /// Makes a version the active one. If it was being tried, that is over.
    pub(crate) fn activate(&mut self, version: &str) {
        self.deactivate();
        self.rollout = self.rollout.take().filter(|rollout| rollout.version != version);
        self.active = Some(version.to_owned());
        self.history.retain(|known| known != version);
    }

    /// Makes none the active one; a roll-back goes back to the one that was.
    pub(crate) fn deactivate(&mut self) {
        if let Some(before) = self.active.take() {
            self.history.retain(|known| *known != before);
            self.history.push(before);
            let surplus = self.history.len().saturating_sub(Self::HISTORY);
            self.history.drain(..surplus);
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is being judged.
    Compiling,
    /// It may be used.
    Accepted,
    /// It breaks a rule; its verdict says which.
    Refused,
}

/// One version of a plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The plugin.
    pub name: String,
    /// The version.
    pub version: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it becomes the active one when it is accepted and granted what it asks for.
    #[serde(default)]
    pub activate: bool,
    /// Its component.
    pub component: Blob,
    /// What was found out about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Gregorian seconds.
    #[serde(rename = "pvt_created")]
    pub created: i64,
}

impl Version {
    /// `NAME@VERSION`.
    #[must_use]
    pub fn id(&self) -> String {
        id(&self.name, &self.version)
    }

    pub(crate) fn key(owner: Owner, name: &str, version: &str) -> Key {
        Key::new(owner, Kind::PluginVersion, id(name, version))
    }

    /// Where its component is described.
    pub(crate) fn blob(owner: Owner, name: &str, version: &str) -> Key {
        Key::new(owner, Kind::Blob, format!("plugin:{}", id(name, version)))
    }

    /// The capabilities that it asks for.
    #[must_use]
    pub fn asks_for(&self) -> &[Capability] {
        self.verdict.as_ref().map_or(&[], |verdict| &verdict.capabilities)
    }
}

fn id(name: &str, version: &str) -> String {
    format!("{name}@{version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_active_is_remembered_once_and_in_order() {
        let mut plugin = Plugin::new("a", 0);
        for version in ["1", "2", "1", "3"] {
            plugin.activate(version);
        }
        assert_eq!((plugin.active.as_deref(), plugin.history), (Some("3"), vec!["2".to_owned(), "1".to_owned()]));
    }
}
