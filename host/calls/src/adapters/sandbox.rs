//! Call hooks in the sandbox.

use async_trait::async_trait;
use strowger_model::AccountId;
use strowger_sandbox::{FaultKind, Sandbox, hook};

use crate::ports::Hooks;

#[async_trait]
impl Hooks for Sandbox {
    async fn ask(
        &self,
        plugin: &str,
        account: AccountId,
        event: &hook::Event,
    ) -> Result<Option<Vec<hook::Verb>>, String> {
        self.call_hook(plugin, account, event).await.map_err(|fault| match fault.kind {
            // The plugin's own words say it best.
            FaultKind::Refused(reason) => reason,
            _ => fault.to_string(),
        })
    }
}
