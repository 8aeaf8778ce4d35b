//! Taking away plugins and versions that nothing names.

use strowger_model::Owner;
use strowger_store::{Author, Batch, Expect, StoreError, Upload, Write};

use crate::document::{Plugin, Version};
use crate::error::PluginsError;
use crate::named::Naming;
use crate::service::Plugins;

impl Plugins {
    /// Deletes a plugin with all its versions.
    ///
    /// # Errors
    /// [`PluginsError::Named`] where a chain or a hook still names it, and others.
    pub async fn remove(&self, owner: Owner, name: &str, author: Option<Author>) -> Result<(), PluginsError> {
        let (_, revision) = self.read(owner, name).await?;
        let entry = self.entry(owner, name).await?;
        let naming = Naming::of(&*self.0.store, owner).await?;
        if let Some((_, place)) = naming.0.iter().find(|(reference, _)| reference.name == name) {
            return Err(PluginsError::Named(name.to_owned(), place.clone()));
        }
        let mut batch = Batch::of(vec![Write::delete(Plugin::key(owner, name), Expect::Revision(revision))]);
        entry.versions.values().for_each(|version| take_away(owner, version, &mut batch));
        self.apply(batch.by(author)).await
    }

    /// Deletes a version that is not the active one.
    ///
    /// # Errors
    /// [`PluginsError::Named`] where it is active, or something names it; and others.
    pub async fn remove_version(
        &self,
        owner: Owner,
        name: &str,
        version: &str,
        author: Option<Author>,
    ) -> Result<(), PluginsError> {
        let (mut plugin, revision) = self.read(owner, name).await?;
        let gone = self.version(owner, name, version).await?;
        if plugin.active.as_deref() == Some(version) {
            return Err(PluginsError::Named(gone.id(), "`active` of the plugin itself".into()));
        }
        if plugin.rollout.as_ref().is_some_and(|rollout| rollout.is_running() && rollout.version == version) {
            return Err(PluginsError::Named(gone.id(), "the rollout of the plugin itself".into()));
        }
        let naming = Naming::of(&*self.0.store, owner).await?;
        let named = naming.0.iter().find(|(reference, _)| reference.means(name, version, plugin.active.as_deref()));
        if let Some((_, place)) = named {
            return Err(PluginsError::Named(gone.id(), place.clone()));
        }
        plugin.history.retain(|known| known != version);
        plugin.rollout = plugin.rollout.filter(|rollout| rollout.version != version);
        plugin.pending = plugin.pending.filter(|pending| pending != version);
        let mut batch = Batch::of(vec![Self::put_plugin(owner, &plugin, Expect::Revision(revision))?]);
        take_away(owner, &gone, &mut batch);
        self.apply(batch.by(author)).await
    }

    async fn apply(&self, batch: Batch) -> Result<(), PluginsError> {
        match self.0.store.apply(batch).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(_)) => Err(PluginsError::Contended),
            Err(error) => Err(error.into()),
        }
    }
}

fn take_away(owner: Owner, version: &Version, batch: &mut Batch) {
    let (name, number) = (&version.name, &version.version);
    batch.writes.push(Write::delete(Version::key(owner, name, number), Expect::Anything));
    batch.writes.push(Write::delete(Version::blob(owner, name, number), Expect::Anything));
    batch.discard.push(Upload { owner, id: version.component.upload.clone() });
}
