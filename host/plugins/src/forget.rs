//! What versions have used is forgotten with them, on every node, so that their metrics end.

use std::collections::HashSet;
use std::time::Duration;

use strowger_model::Owner;
use strowger_sandbox::PluginId;

use crate::document::Status;
use crate::service::Plugins;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(30);

impl Plugins {
    /// Forgets what is gone, for as long as it is polled.
    pub async fn keep_forgetting(&self) {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            self.forget_gone().await;
        }
    }

    /// Forgets what was used by versions that are no more, or never came to be used.
    pub async fn forget_gone(&self) {
        let sandbox = &self.0.sandbox;
        let is_built_in = |plugin: &PluginId| plugin.owner == Owner::System && sandbox.module(&plugin.name).is_some();
        let uploaded = sandbox.used().into_iter().map(|(plugin, _)| plugin).filter(|plugin| !is_built_in(plugin));
        let uploaded: Vec<PluginId> = uploaded.collect();
        let owners: HashSet<Owner> = uploaded.iter().map(|plugin| plugin.owner).collect();
        let mut gone: HashSet<&PluginId> = HashSet::new();
        for owner in owners {
            // What cannot be read now is looked at the next time.
            let Ok(book) = self.0.books.get(owner).await else { continue };
            let is_kept = |plugin: &PluginId| {
                let entry = book.0.get(&plugin.name);
                let version = entry.and_then(|entry| entry.versions.get(&plugin.version));
                version.is_some_and(|version| version.status != Status::Refused)
            };
            gone.extend(uploaded.iter().filter(|plugin| plugin.owner == owner && !is_kept(plugin)));
        }
        if !gone.is_empty() {
            sandbox.forget(|plugin| gone.contains(plugin));
        }
    }
}
