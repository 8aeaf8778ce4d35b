//! A component on its way in.

use std::sync::Arc;

use strowger_model::{Owner, time};
use strowger_sandbox::{InstallError, MAX_COMPONENT, check_preamble};
use strowger_store::{Author, Batch, BlobWriter, Expect};

use crate::book::Entry;
use crate::document::{Plugin, Status, Version};
use crate::error::PluginsError;
use crate::service::Plugins;

/// A word of the API where names of plugins stand: `/plugins/usage`.
const USAGE: &str = "usage";

/// Bytes that tell what a file is.
const PREAMBLE: usize = 8;

/// An upload. Where it is dropped, nothing is left of it.
pub struct Intake {
    plugins: Plugins,
    owner: Owner,
    name: String,
    version: String,
    activate: bool,
    head: Vec<u8>,
    writer: BlobWriter,
    /// A refused version of the same name, which makes room.
    replaces: bool,
}

impl Intake {
    pub(crate) async fn begin(
        plugins: Plugins,
        owner: Owner,
        name: &str,
        version: &str,
        activate: Option<bool>,
    ) -> Result<Self, PluginsError> {
        if plugins.0.sandbox.module(name).is_some() || name == USAGE {
            return Err(PluginsError::Reserved(name.to_owned()));
        }
        let book = plugins.0.books.get(owner).await?;
        let entry = book.0.get(name);
        let known = entry.and_then(|entry| entry.versions.get(version));
        if let Some(known) = known.filter(|known| known.status != Status::Refused) {
            return Err(PluginsError::Exists(known.id()));
        }
        let replaces = known.is_some();
        plugins.check_quotas(&book.0.values().collect::<Vec<_>>(), entry, replaces)?;
        plugins.count_upload(owner).await?;
        let is_first = entry.is_none_or(|entry| entry.plugin.active.is_none());
        let writer = BlobWriter::new(Arc::clone(&plugins.0.store), Version::blob(owner, name, version));
        let (name, version) = (name.to_owned(), version.to_owned());
        let activate = activate.unwrap_or(is_first);
        Ok(Self { plugins, owner, name, version, activate, head: Vec::new(), writer, replaces })
    }

    /// Adds bytes. What is no component at all is refused as soon as its beginning is there.
    ///
    /// # Errors
    /// [`PluginsError::Component`], and the store's. The version will not be made.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), PluginsError> {
        if self.head.len() < PREAMBLE {
            let wanted = PREAMBLE - self.head.len();
            self.head.extend(bytes.iter().take(wanted));
            if self.head.len() == PREAMBLE {
                check_preamble(&self.head)?;
            }
        }
        let size = self.writer.size().saturating_add(bytes.len() as u64);
        if size > MAX_COMPONENT as u64 {
            return Err(InstallError::TooLarge(usize::try_from(size).unwrap_or(usize::MAX)).into());
        }
        Ok(self.writer.write(bytes).await?)
    }

    /// Whose it is, the plugin's name, the version.
    #[must_use]
    pub fn about(&self) -> (Owner, &str, &str) {
        (self.owner, &self.name, &self.version)
    }

    /// Makes the version, which then waits for its verdict.
    ///
    /// # Errors
    /// [`PluginsError`]; then there is none.
    pub async fn finish(self, author: Option<Author>) -> Result<Version, PluginsError> {
        match self.writer.size() {
            0 => return Err(PluginsError::Empty),
            _ => check_preamble(&self.head)?,
        }
        let Self { plugins, owner, name, version, activate, writer, replaces, .. } = self;
        let (component, blob, upload) = writer.finish().await?;
        let created = time::gregorian_now();
        let made = Version { name, version, status: Status::Compiling, activate, component, verdict: None, created };
        let store = &plugins.0.store;
        let key = Version::key(owner, &made.name, &made.version);
        let expect = match store.get(&key).await? {
            Some(document) if replaces => Expect::Revision(document.revision),
            Some(_) => return Err(PluginsError::Exists(made.id())),
            None => Expect::Absent,
        };
        let mut writes = vec![Plugins::put_version(owner, &made, expect)?, blob];
        if store.get(&Plugin::key(owner, &made.name)).await?.is_none() {
            writes.push(Plugins::put_plugin(owner, &Plugin::new(&made.name, created), Expect::Absent)?);
        }
        let batch = Batch { keep: vec![upload], ..Batch::of(writes) };
        store.apply(batch.by(author)).await.map_err(|error| match error {
            strowger_store::StoreError::Conflict(_) => PluginsError::Contended,
            error => error.into(),
        })?;
        Ok(made)
    }
}

impl Plugins {
    fn check_quotas(&self, all: &[&Entry], entry: Option<&Entry>, replaces: bool) -> Result<(), PluginsError> {
        let limits = &self.0.limits;
        let quota = |what, most| Err(PluginsError::Quota { what, most });
        if entry.is_none() && all.len() as u64 >= limits.plugins {
            return quota("plugins", limits.plugins);
        }
        let versions = entry.map_or(0, |entry| entry.versions.len()) as u64;
        if !replaces && versions >= limits.versions {
            return quota("versions of a plugin", limits.versions);
        }
        let each = || all.iter().flat_map(|entry| entry.versions.values());
        if each().map(|version| version.component.size).sum::<u64>() >= limits.bytes {
            return quota("bytes of components", limits.bytes);
        }
        let compiling = each().filter(|version| version.status == Status::Compiling).count() as u64;
        if compiling >= limits.compiling { Err(PluginsError::Busy(compiling)) } else { Ok(()) }
    }
}
