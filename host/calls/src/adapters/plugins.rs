//! Call hooks that plugins answer.

use async_trait::async_trait;
use strowger_model::AccountId;
use strowger_plugins::{HookError, Plugins};
use strowger_sandbox::{FaultKind, PluginFault, hook};

use crate::ports::Hooks;

#[async_trait]
impl Hooks for Plugins {
    async fn ask(
        &self,
        plugin: &str,
        account: AccountId,
        event: &hook::Event,
    ) -> Result<Option<Vec<hook::Verb>>, String> {
        self.on_event(account, plugin, event).await.map_err(|error| match error {
            // The plugin's own words say it best.
            HookError::Fault(PluginFault { kind: FaultKind::Refused(reason), .. }) => reason,
            error => error.to_string(),
        })
    }
}
