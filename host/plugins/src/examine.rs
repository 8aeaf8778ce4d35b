//! The verdict on a version.

use strowger_model::Owner;
use strowger_sandbox::{PluginId, Terms, Verdict, VerdictFault};
use strowger_store::{Batch, Expect, Revision, StoreError, Upload, Write};

use crate::document::{Plugin, Status, Version};
use crate::error::PluginsError;
use crate::service::{ATTEMPTS, Plugins};

impl Plugins {
    /// Judges a version that waits for it, and makes it the active one where that was asked for and nothing is missing. Answers how it
    /// stands; none where it is gone.
    ///
    /// # Errors
    /// The store's, and [`PluginsError::Component`] where the host itself could not compile: a later try may succeed.
    pub async fn judge(&self, owner: Owner, name: &str, version: &str) -> Result<Option<Status>, PluginsError> {
        let Some((waiting, revision)) = self.read_version(owner, name, version).await? else { return Ok(None) };
        if waiting.status != Status::Compiling {
            return Ok(Some(waiting.status));
        }
        let component = self.0.loaded.component(owner, &waiting).await?;
        let plugin = PluginId { owner, name: name.to_owned(), version: version.to_owned() };
        let examined = self.0.sandbox.examine(&plugin, component, Terms::default()).await;
        if let Some(error) = examined.error.filter(strowger_sandbox::InstallError::is_temporary) {
            return Err(error.into());
        }
        self.settle(owner, waiting, revision, examined.verdict).await.map(Some)
    }

    async fn settle(
        &self,
        owner: Owner,
        mut version: Version,
        revision: Revision,
        mut verdict: Verdict,
    ) -> Result<Status, PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, plugin_revision) = self.read(owner, &version.name).await?;
            refuse_other_kind(&plugin, &version, &mut verdict);
            version.status = if verdict.accepted { Status::Accepted } else { Status::Refused };
            version.verdict = Some(verdict.clone());
            let mut batch = Batch::of(vec![Self::put_version(owner, &version, Expect::Revision(revision.clone()))?]);
            if verdict.accepted {
                take_in(&mut plugin, &version);
                batch.writes.push(Self::put_plugin(owner, &plugin, Expect::Revision(plugin_revision))?);
            } else {
                // Its verdict says what was wrong; nobody needs its bytes.
                let blob = Version::blob(owner, &version.name, &version.version);
                batch.writes.push(Write::delete(blob, Expect::Anything));
                batch.discard.push(Upload { owner, id: version.component.upload.clone() });
            }
            match self.0.store.apply(batch).await {
                Ok(_) => return Ok(version.status),
                Err(StoreError::Conflict(key)) if *key == Version::key(owner, &version.name, &version.version) => {
                    let now = self.read_version(owner, &version.name, &version.version).await?;
                    return Ok(now.map_or(Status::Refused, |(version, _)| version.status));
                }
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PluginsError::Contended)
    }

    async fn read_version(
        &self,
        owner: Owner,
        name: &str,
        version: &str,
    ) -> Result<Option<(Version, Revision)>, StoreError> {
        let Some(document) = self.0.store.get(&Version::key(owner, name, version)).await? else { return Ok(None) };
        Ok(Some((document.decode()?, document.revision)))
    }
}

/// A plugin stays what it is: a chain that names a selector must not find a formatter one day.
fn refuse_other_kind(plugin: &Plugin, version: &Version, verdict: &mut Verdict) {
    if let (true, Some(kind), Some(before)) = (verdict.accepted, verdict.kind, plugin.kind)
        && kind != before
    {
        let error = PluginsError::OtherKind(version.id(), kind.name(), before.name());
        verdict.accepted = false;
        verdict.faults.push(VerdictFault {
            rule: "kind".into(),
            message: error.to_string(),
            mend: "upload it under another name".into(),
        });
    }
}

fn take_in(plugin: &mut Plugin, version: &Version) {
    plugin.kind = plugin.kind.or(version.verdict.as_ref().and_then(|verdict| verdict.kind));
    if !version.activate {
        return;
    }
    if plugin.grants.missing(version.asks_for()).is_empty() {
        plugin.activate(&version.version);
        plugin.pending = None;
    } else {
        plugin.pending = Some(version.version.clone());
    }
}
