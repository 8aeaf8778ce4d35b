//! Which version a plugin's name means, and what it is granted.

use strowger_model::{Owner, time};
use strowger_sandbox::Grants;
use strowger_store::{Author, Batch, Expect, Revision, StoreError};

use crate::document::{Plugin, Status};
use crate::error::PluginsError;
use crate::service::{ATTEMPTS, Plugins};
use crate::summary::Summary;

/// What is changed about a plugin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The version that its name shall mean; `Some(None)` is none.
    pub active: Option<Option<String>>,
    /// What it shall be granted.
    pub grants: Option<Grants>,
}

#[derive(Clone, Copy)]
enum Edit<'a> {
    Change(&'a Change),
    RollBack,
}

impl Plugins {
    /// Changes a plugin in one step: grants first, so that a version can be granted what it asks for and made active at once. A version
    /// that waited for a grant becomes active by it. Where the active version is left without what it needs, its calls fail from then on.
    ///
    /// # Errors
    /// [`PluginsError`]; nothing has changed then.
    pub async fn change(
        &self,
        owner: Owner,
        name: &str,
        change: &Change,
        author: Option<Author>,
    ) -> Result<Summary, PluginsError> {
        self.edit(owner, name, Edit::Change(change), author).await
    }

    /// Goes back to the version that was active before.
    ///
    /// # Errors
    /// [`PluginsError::NoHistory`], and those of [`Self::change`].
    pub async fn roll_back(&self, owner: Owner, name: &str, author: Option<Author>) -> Result<Summary, PluginsError> {
        self.edit(owner, name, Edit::RollBack, author).await
    }

    async fn apply_change(&self, owner: Owner, plugin: &mut Plugin, change: &Change) -> Result<(), PluginsError> {
        if let Some(grants) = &change.grants {
            plugin.grants.clone_from(grants);
        }
        match &change.active {
            Some(Some(version)) => self.activate(owner, plugin, version).await,
            Some(None) => {
                plugin.deactivate();
                Ok(())
            }
            None => self.activate_pending(owner, plugin).await,
        }
    }

    async fn go_back(&self, owner: Owner, plugin: &mut Plugin) -> Result<(), PluginsError> {
        let before = plugin.history.last().cloned().ok_or_else(|| PluginsError::NoHistory(plugin.name.clone()))?;
        let left = plugin.active.clone();
        self.activate(owner, plugin, &before).await?;
        // The version that is left is not where the next roll-back goes to.
        plugin.history.retain(|version| Some(version) != left.as_ref());
        Ok(())
    }

    async fn activate(&self, owner: Owner, plugin: &mut Plugin, version: &str) -> Result<(), PluginsError> {
        let wanted = self.version(owner, &plugin.name, version).await?;
        match wanted.status {
            Status::Compiling => return Err(PluginsError::Compiling(wanted.id())),
            Status::Refused => return Err(PluginsError::Refused(wanted.id())),
            Status::Accepted => {}
        }
        let missing = plugin.grants.missing(wanted.asks_for());
        if !missing.is_empty() {
            return Err(PluginsError::NotGranted { version: wanted.id(), missing });
        }
        plugin.activate(version);
        plugin.pending = None;
        Ok(())
    }

    async fn activate_pending(&self, owner: Owner, plugin: &mut Plugin) -> Result<(), PluginsError> {
        let Some(pending) = plugin.pending.clone() else { return Ok(()) };
        match self.activate(owner, plugin, &pending).await {
            // It goes on waiting.
            Err(PluginsError::NotGranted { .. }) => Ok(()),
            Err(PluginsError::UnknownVersion(..)) => {
                plugin.pending = None;
                Ok(())
            }
            outcome => outcome,
        }
    }

    async fn edit(
        &self,
        owner: Owner,
        name: &str,
        edit: Edit<'_>,
        author: Option<Author>,
    ) -> Result<Summary, PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, revision): (Plugin, Revision) = self.read(owner, name).await?;
            match edit {
                Edit::Change(change) => self.apply_change(owner, &mut plugin, change).await?,
                Edit::RollBack => self.go_back(owner, &mut plugin).await?,
            }
            plugin.modified = time::gregorian_now();
            let write = Self::put_plugin(owner, &plugin, Expect::Revision(revision))?;
            match self.0.store.apply(Batch::of(vec![write]).by(author.clone())).await {
                Ok(_) => return self.summary(owner, name).await,
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PluginsError::Contended)
    }
}
