//! The rollout behind a name.

use std::sync::Arc;

use strowger_model::Owner;
use strowger_sandbox::{Module, PluginId};
use strowger_store::StoreError;

use super::Rollout;
use super::running::{Running, give_up};
use crate::book::Entry;
use crate::error::FindError;
use crate::name::Reference;
use crate::service::{Plugins, owners};

impl Plugins {
    /// The rollout that runs of the plugin that `NAME` means to an owner. None of `NAME@VERSION`, nor of a built-in plugin. A version that
    /// can no longer be used is given up.
    ///
    /// # Errors
    /// The store's.
    pub async fn running(&self, owner: Owner, reference: &str) -> Result<Option<Running>, StoreError> {
        let Ok(Reference { name, version: None }) = reference.parse() else { return Ok(None) };
        if self.0.sandbox.module(&name).is_some() {
            return Ok(None);
        }
        for of in owners(owner) {
            let book = self.0.books.get(of).await?;
            let Some(entry) = book.0.get(&name) else { continue };
            let Some(rollout) = entry.plugin.rollout.as_ref().filter(|rollout| rollout.is_running()) else { break };
            let watch = self.0.watches.of(of, &name, &rollout.id);
            return match self.candidate(of, entry, rollout).await {
                Ok(candidate) => Ok(Some(Running::new(self.clone(), rollout.clone(), watch, candidate))),
                Err(FindError::Store(error)) => Err(error),
                Err(error) => {
                    let plugin = PluginId { owner: of, name, version: rollout.version.clone() };
                    give_up(self, &watch, &plugin, rollout.mode, &error.to_string());
                    Ok(None)
                }
            };
        }
        Ok(None)
    }

    async fn candidate(&self, owner: Owner, entry: &Entry, rollout: &Rollout) -> Result<Arc<Module>, FindError> {
        let version = entry.usable(&rollout.version)?;
        self.0.loaded.get(owner, &entry.plugin, version).await
    }
}
