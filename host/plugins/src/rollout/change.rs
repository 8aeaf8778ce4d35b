//! Beginning, showing and ending rollouts.

use strowger_model::{Owner, Violation, time};
use strowger_sandbox::ModuleKind;
use strowger_store::{Author, Batch, Expect, Revision, StoreError};
use uuid::Uuid;

use super::figures::Figures;
use super::read::Wanted;
use super::{Mode, Rollout, RolloutState};
use crate::book::Entry;
use crate::document::Plugin;
use crate::error::PluginsError;
use crate::service::{ATTEMPTS, Plugins};

impl Plugins {
    /// A plugin's rollout, with its revision and what this node has seen of it.
    ///
    /// # Errors
    /// [`PluginsError::UnknownPlugin`], [`PluginsError::NoRollout`], and the store's.
    pub async fn rollout(
        &self,
        owner: Owner,
        name: &str,
    ) -> Result<(Plugin, Rollout, Figures, Revision), PluginsError> {
        let (plugin, revision) = self.read(owner, name).await?;
        let rollout = plugin.rollout.clone().ok_or_else(|| PluginsError::NoRollout(name.to_owned()))?;
        let figures = self.0.watches.of(owner, name, &rollout.id).figures();
        Ok((plugin, rollout, figures, revision))
    }

    /// Begins a rollout, or changes the one that runs: of the same version in the same mode the figures go on. `admits` says of a revision
    /// whether it may be written over.
    ///
    /// # Errors
    /// [`PluginsError::Invalid`] where the version cannot be tried so, [`PluginsError::Precondition`], and others.
    pub async fn roll_out(
        &self,
        owner: Owner,
        name: &str,
        wanted: &Wanted,
        admits: impl Fn(&Revision) -> bool,
        author: Option<Author>,
    ) -> Result<(), PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, revision) = self.read(owner, name).await?;
            if !admits(&revision) {
                return Err(PluginsError::Precondition);
            }
            let entry = self.entry(owner, name).await?;
            check(&plugin, &entry, wanted)?;
            let before = plugin.rollout.take().filter(|before| before.is_running() && wanted.goes_on(before));
            plugin.rollout = Some(begun(before, wanted));
            if self.save(owner, &mut plugin, revision, author.clone()).await? {
                return Ok(());
            }
        }
        Err(PluginsError::Contended)
    }

    /// Takes a plugin's rollout away: all calls go by the active version. Answers what there was.
    ///
    /// # Errors
    /// [`PluginsError::NoRollout`], [`PluginsError::Precondition`], and others.
    pub async fn end_rollout(
        &self,
        owner: Owner,
        name: &str,
        admits: impl Fn(&Revision) -> bool,
        author: Option<Author>,
    ) -> Result<(Plugin, Rollout, Figures), PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, revision) = self.read(owner, name).await?;
            let mut rollout = plugin.rollout.take().ok_or_else(|| PluginsError::NoRollout(name.to_owned()))?;
            if !admits(&revision) {
                return Err(PluginsError::Precondition);
            }
            if self.save(owner, &mut plugin, revision, author.clone()).await? {
                let figures = self.0.watches.of(owner, name, &rollout.id).figures();
                self.0.watches.forget(owner, name);
                if rollout.is_running() {
                    rollout.ends(RolloutState::Stopped, None, time::gregorian_now());
                }
                return Ok((plugin, rollout, figures));
            }
        }
        Err(PluginsError::Contended)
    }

    /// Writes into the store what was given up on this node and is not there yet. Where that fails, the next look does it.
    pub async fn save_rollouts(&self) {
        for (owner, name, watch) in self.0.watches.unsaved() {
            let Some(reason) = watch.unsaved() else { continue };
            match self.save_end(owner, &name, &watch.id, &reason).await {
                Ok(()) => watch.saved(),
                Err(error) => tracing::warn!(%owner, plugin = %name, %error, "a roll-back is not written yet"),
            }
        }
    }

    async fn save_end(&self, owner: Owner, name: &str, id: &str, reason: &str) -> Result<(), PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, revision) = match self.read(owner, name).await {
                Err(PluginsError::UnknownPlugin(_)) => return Ok(()),
                read => read?,
            };
            let running = plugin.rollout.as_mut().filter(|rollout| rollout.id == id && rollout.is_running());
            let Some(rollout) = running else { return Ok(()) };
            rollout.ends(RolloutState::RolledBack, Some(reason.to_owned()), time::gregorian_now());
            if self.save(owner, &mut plugin, revision, None).await? {
                return Ok(());
            }
        }
        Err(PluginsError::Contended)
    }

    /// Whether it was written: somebody else may have been faster.
    async fn save(
        &self,
        owner: Owner,
        plugin: &mut Plugin,
        revision: Revision,
        author: Option<Author>,
    ) -> Result<bool, PluginsError> {
        plugin.modified = time::gregorian_now();
        let write = Self::put_plugin(owner, plugin, Expect::Revision(revision))?;
        match self.0.store.apply(Batch::of(vec![write]).by(author)).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn begun(before: Option<Rollout>, wanted: &Wanted) -> Rollout {
    let Wanted { version, mode, percent, abort } = wanted.clone();
    let (id, started) = match before {
        Some(before) => (before.id, before.started),
        None => (Uuid::new_v4().simple().to_string(), time::gregorian_now()),
    };
    Rollout { id, version, mode, percent, abort, state: RolloutState::Running, reason: None, started, ended: None }
}

/// Whether that version of the plugin can be tried in that way.
fn check(plugin: &Plugin, entry: &Entry, wanted: &Wanted) -> Result<(), PluginsError> {
    let refused =
        |path: &str, rule, message: String| Err(PluginsError::Invalid(Violation::new(path, rule, message).into()));
    let version = &wanted.version;
    match &plugin.active {
        None => return refused("version", "active", "The plugin has no active version to be tried beside".into()),
        Some(active) if active == version => {
            return refused("version", "active", format!("{version} is the active version: try another one"));
        }
        Some(_) => {}
    }
    if let Err(error) = entry.usable(version) {
        return refused("version", "usable", error.to_string());
    }
    match (plugin.kind, wanted.mode) {
        (Some(ModuleKind::Selector), _) | (Some(ModuleKind::CallHook), Mode::Canary) => Ok(()),
        (Some(ModuleKind::CallHook), Mode::Shadow) => {
            refused("mode", "kind", "A call hook that is asked twice does everything twice: it has no shadow".into())
        }
        (kind, _) => {
            let kind = kind.map_or("plugin of unknown kind", ModuleKind::name);
            refused("mode", "kind", format!("Selectors and call hooks can be rolled out, a {kind} cannot"))
        }
    }
}
