//! Call hooks that plugins answer.

use async_trait::async_trait;
use strowger_model::AccountId;
use strowger_plugins::Plugins;
use strowger_sandbox::{FaultKind, ModuleKind, hook};

use crate::ports::Hooks;

#[async_trait]
impl Hooks for Plugins {
    async fn ask(
        &self,
        plugin: &str,
        account: AccountId,
        event: &hook::Event,
    ) -> Result<Option<Vec<hook::Verb>>, String> {
        let module = self.module(account.into(), plugin).await.map_err(|error| error.to_string())?;
        if module.kind != ModuleKind::CallHook {
            return Err(format!("plugin {} is no call hook", module.id()));
        }
        module.on_event(account.into(), event).await.map_err(|fault| match fault.kind {
            // The plugin's own words say it best.
            FaultKind::Refused(reason) => reason,
            _ => fault.to_string(),
        })
    }
}
