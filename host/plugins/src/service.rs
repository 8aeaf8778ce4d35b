//! What can be done with plugins.

use std::sync::Arc;

use strowger_model::Owner;
use strowger_sandbox::{Module, Sandbox};
use strowger_store::{BlobReader, Document, Expect, Revision, Store, StoreError, Write};

use crate::book::Entry;
use crate::books::Books;
use crate::document::{Plugin, Version};
use crate::error::{FindError, PluginsError};
use crate::intake::Intake;
use crate::loaded::Loaded;
use crate::log::PluginLogs;
use crate::name::{self, Reference};
use crate::rollout::{HookCalls, Watches};
use crate::summary::Summary;
use crate::usage::History;

/// Times that a change is made anew on a newer revision.
pub(crate) const ATTEMPTS: usize = 8;

/// How much one owner may keep.
#[derive(Debug, Clone)]
pub struct PluginsLimits {
    /// Plugins.
    pub plugins: u64,
    /// Versions of one plugin.
    pub versions: u64,
    /// Bytes of all components.
    pub bytes: u64,
    /// Versions that wait for their verdict.
    pub compiling: u64,
    /// Uploads of an account on one day, by UTC; 0 is no limit.
    pub uploads_per_day: u64,
}

impl Default for PluginsLimits {
    fn default() -> Self {
        Self { plugins: 500, versions: 100, bytes: 2 << 30, compiling: 8, uploads_per_day: 500 }
    }
}

/// The plugins of all owners.
#[derive(Clone)]
pub struct Plugins(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) books: Books,
    pub(crate) loaded: Loaded,
    pub(crate) limits: PluginsLimits,
    pub(crate) logs: Arc<PluginLogs>,
    pub(crate) history: History,
    pub(crate) watches: Watches,
    pub(crate) hook_calls: HookCalls,
}

impl Plugins {
    /// Plugins in a store, to be run in a sandbox that has the built-in ones installed.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sandbox: Arc<Sandbox>, limits: PluginsLimits) -> Self {
        Self::with_logs(store, sandbox, limits, Arc::default())
    }

    /// The same; `logs` is where the sandbox writes what plugins say.
    #[must_use]
    pub fn with_logs(
        store: Arc<dyn Store>,
        sandbox: Arc<Sandbox>,
        limits: PluginsLimits,
        logs: Arc<PluginLogs>,
    ) -> Self {
        let books = Books::new(Arc::clone(&store));
        let loaded = Loaded::new(Arc::clone(&store), Arc::clone(&sandbox));
        let (history, watches, hook_calls) = Default::default();
        Self(Arc::new(Inner { store, sandbox, books, loaded, limits, logs, history, watches, hook_calls }))
    }

    /// What plugins have said on this node.
    #[must_use]
    pub fn logs(&self) -> &Arc<PluginLogs> {
        &self.0.logs
    }

    /// Where they run.
    #[must_use]
    pub fn sandbox(&self) -> &Arc<Sandbox> {
        &self.0.sandbox
    }

    /// How much one owner may keep.
    #[must_use]
    pub fn limits(&self) -> &PluginsLimits {
        &self.0.limits
    }

    /// The plugin that `NAME` or `NAME@VERSION` means to an owner, ready to be used: a built-in one, one of its own, or one of the
    /// installation's.
    ///
    /// # Errors
    /// [`FindError`].
    pub async fn module(&self, owner: Owner, reference: &str) -> Result<Arc<Module>, FindError> {
        if let Some(module) = self.0.sandbox.module(reference) {
            return Ok(module);
        }
        let unknown = || FindError::Unknown(reference.chars().take(130).collect());
        let reference: Reference = reference.parse().map_err(|_| unknown())?;
        for of in owners(owner) {
            let book = self.0.books.get(of).await?;
            if let Some((entry, version)) = book.find(&reference)? {
                return self.0.loaded.get(of, &entry.plugin, version).await;
            }
        }
        Err(unknown())
    }

    /// What an owner may name: the built-in plugins, the installation's and its own, whose active version can be used.
    ///
    /// # Errors
    /// The store's.
    pub async fn usable(&self, owner: Owner) -> Result<Vec<Summary>, StoreError> {
        let mut usable: Vec<Summary> =
            self.0.sandbox.modules().iter().map(|module| Summary::of_built_in(module)).collect();
        for of in owners(owner) {
            let book = self.0.books.get(of).await?;
            let own = book.0.values().map(|entry| Summary::of(of, entry)).filter(Summary::is_usable);
            let new: Vec<Summary> = own.filter(|own| usable.iter().all(|known| known.name != own.name)).collect();
            usable.extend(new);
        }
        usable.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(usable)
    }

    /// The plugins that are an owner's own.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self, owner: Owner) -> Result<Vec<Summary>, StoreError> {
        Ok(self.0.books.get(owner).await?.0.values().map(|entry| Summary::of(owner, entry)).collect())
    }

    /// One of an owner's plugins.
    ///
    /// # Errors
    /// [`PluginsError::UnknownPlugin`], and the store's.
    pub async fn summary(&self, owner: Owner, name: &str) -> Result<Summary, PluginsError> {
        self.entry(owner, name).await.map(|entry| Summary::of(owner, &entry))
    }

    /// One version.
    ///
    /// # Errors
    /// [`PluginsError::UnknownPlugin`], [`PluginsError::UnknownVersion`], and the store's.
    pub async fn version(&self, owner: Owner, name: &str, version: &str) -> Result<Arc<Version>, PluginsError> {
        let entry = self.entry(owner, name).await?;
        let unknown = || PluginsError::UnknownVersion(name.to_owned(), version.to_owned());
        entry.versions.get(version).cloned().ok_or_else(unknown)
    }

    /// The component of a version, chunk by chunk.
    ///
    /// # Errors
    /// As [`Self::version`].
    pub async fn component(&self, owner: Owner, name: &str, version: &str) -> Result<BlobReader, PluginsError> {
        let version = self.version(owner, name, version).await?;
        Ok(BlobReader::of(Arc::clone(&self.0.store), owner, version.component.clone()))
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`PluginsError`]: the name, the version, a quota.
    pub async fn take(
        &self,
        owner: Owner,
        name: &str,
        version: &str,
        activate: Option<bool>,
    ) -> Result<Intake, PluginsError> {
        name::check("name", name)?;
        name::check("version", version)?;
        Intake::begin(self.clone(), owner, name, version, activate).await
    }

    pub(crate) async fn entry(&self, owner: Owner, name: &str) -> Result<Entry, PluginsError> {
        let book = self.0.books.get(owner).await?;
        book.0.get(name).cloned().ok_or_else(|| PluginsError::UnknownPlugin(name.chars().take(64).collect()))
    }

    pub(crate) async fn read(&self, owner: Owner, name: &str) -> Result<(Plugin, Revision), PluginsError> {
        let unknown = || PluginsError::UnknownPlugin(name.chars().take(64).collect());
        let document: Document = self.0.store.get(&Plugin::key(owner, name)).await?.ok_or_else(unknown)?;
        Ok((document.decode()?, document.revision))
    }

    pub(crate) fn put_plugin(owner: Owner, plugin: &Plugin, expect: Expect) -> Result<Write, StoreError> {
        Ok(Write::put(Plugin::key(owner, &plugin.name), body(plugin)?, expect))
    }

    pub(crate) fn put_version(owner: Owner, version: &Version, expect: Expect) -> Result<Write, StoreError> {
        Ok(Write::put(Version::key(owner, &version.name, &version.version), body(version)?, expect))
    }
}

fn body(document: &impl serde::Serialize) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(document).map_err(|error| StoreError::Fault(error.to_string()))
}

/// Whose plugins an owner sees, its own first.
pub(crate) fn owners(owner: Owner) -> impl Iterator<Item = Owner> {
    [Some(owner), (owner != Owner::System).then_some(Owner::System)].into_iter().flatten()
}
