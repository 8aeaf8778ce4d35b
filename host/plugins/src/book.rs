//! The plugins of one owner, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{Kind, Store, StoreError, StoreExt};

use crate::document::{Plugin, Status, Version};
use crate::error::FindError;
use crate::name::Reference;

/// One plugin and its versions by their names.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) plugin: Arc<Plugin>,
    pub(crate) versions: BTreeMap<String, Arc<Version>>,
}

impl Entry {
    /// A version that is accepted and granted what it asks for.
    pub(crate) fn usable(&self, wanted: &str) -> Result<&Arc<Version>, FindError> {
        let unknown = || FindError::UnknownVersion(self.plugin.name.clone(), wanted.to_owned());
        let version = self.versions.get(wanted).ok_or_else(unknown)?;
        if version.status != Status::Accepted {
            return Err(FindError::NotAccepted(version.id()));
        }
        let missing = self.plugin.grants.missing(version.asks_for());
        if missing.is_empty() { Ok(version) } else { Err(FindError::NotGranted(version.id(), missing)) }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Book(pub(crate) BTreeMap<String, Entry>);

impl Book {
    pub(crate) async fn read(store: &dyn Store, owner: Owner) -> Result<Self, StoreError> {
        let mut entries = BTreeMap::new();
        for document in store.all(owner, Kind::Plugin).await? {
            let plugin: Plugin = document.decode()?;
            let entry = Entry { plugin: Arc::new(plugin), versions: BTreeMap::new() };
            entries.insert(entry.plugin.name.clone(), entry);
        }
        for document in store.all(owner, Kind::PluginVersion).await? {
            let version: Version = document.decode()?;
            if let Some(entry) = entries.get_mut(&version.name) {
                entry.versions.insert(version.version.clone(), Arc::new(version));
            }
        }
        Ok(Self(entries))
    }

    /// The version that a reference means; none where the owner has no plugin of that name.
    pub(crate) fn find(&self, reference: &Reference) -> Result<Option<(&Entry, &Arc<Version>)>, FindError> {
        let Some(entry) = self.0.get(&reference.name) else { return Ok(None) };
        let name = &reference.name;
        let wanted = reference.version.as_ref().or(entry.plugin.active.as_ref());
        let wanted = wanted.ok_or_else(|| FindError::Inactive(name.clone()))?;
        entry.usable(wanted).map(|version| Some((entry, version)))
    }
}
