//! A plugin as lists and readers see it.

use strowger_model::Owner;
use strowger_sandbox::{Capability, Module, ModuleKind};

use crate::book::Entry;
use crate::document::{Plugin, Status, Version};

/// One version, in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The version.
    pub version: String,
    /// Where it stands.
    pub status: Status,
    /// What it asks for and is not granted.
    pub missing: Vec<Capability>,
    /// SHA-256 of its component.
    pub digest: String,
    /// Bytes of its component.
    pub size: u64,
    /// Gregorian seconds.
    pub created: i64,
}

/// A plugin and its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub kind: Option<ModuleKind>,
    /// One line on what it does.
    pub summary: String,
    /// What the active version asks for.
    pub capabilities: Vec<Capability>,
    /// JSON Schema of the active version's parameters.
    pub parameters: serde_json::Value,
    /// Its document; none where it is built in.
    pub plugin: Option<Plugin>,
    /// The active version.
    pub active: Option<Standing>,
    /// Its versions, oldest first.
    pub versions: Vec<Standing>,
}

impl Summary {
    pub(crate) fn of(owner: Owner, entry: &Entry) -> Self {
        let mut versions: Vec<Standing> =
            entry.versions.values().map(|version| standing(&entry.plugin, version)).collect();
        versions.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.version.cmp(&b.version)));
        let active = entry.plugin.active.as_ref();
        let verdict = active.and_then(|active| entry.versions.get(active)?.verdict.as_ref());
        Self {
            name: entry.plugin.name.clone(),
            owner,
            kind: entry.plugin.kind,
            summary: verdict.map(|verdict| verdict.summary.clone()).unwrap_or_default(),
            capabilities: verdict.map(|verdict| verdict.capabilities.clone()).unwrap_or_default(),
            parameters: verdict.map(|verdict| verdict.parameters.clone()).unwrap_or_default(),
            active: active.and_then(|active| versions.iter().find(|version| version.version == *active).cloned()),
            plugin: Some(Plugin::clone(&entry.plugin)),
            versions,
        }
    }

    pub(crate) fn of_built_in(module: &Module) -> Self {
        let standing = Standing {
            version: module.plugin.version.clone(),
            status: Status::Accepted,
            missing: Vec::new(),
            digest: module.digest.clone(),
            size: 0,
            created: 0,
        };
        Self {
            name: module.plugin.name.clone(),
            owner: Owner::System,
            kind: Some(module.kind),
            summary: module.summary.clone(),
            capabilities: module.capabilities.clone(),
            parameters: module.parameters.clone(),
            plugin: None,
            active: Some(standing.clone()),
            versions: vec![standing],
        }
    }

    /// Whether its name can be used as it is.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.active.as_ref().is_some_and(|active| active.status == Status::Accepted && active.missing.is_empty())
    }
}

fn standing(plugin: &Plugin, version: &Version) -> Standing {
    Standing {
        version: version.version.clone(),
        status: version.status,
        missing: plugin.grants.missing(version.asks_for()),
        digest: version.component.digest.clone(),
        size: version.component.size,
        created: version.created,
    }
}
