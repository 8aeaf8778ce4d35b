//! Asking a hook, and reading what it answers.

use std::sync::Arc;
use std::time::Duration;

use strowger_model::AccountId;
use strowger_sandbox::hook::{self, Event};

use crate::hook::Hook;
use crate::ports::Hooks;
use crate::verbs::{self, Verb};

/// Asks hooks within a bound of time.
#[derive(Clone)]
pub(crate) struct Asker {
    hooks: Arc<dyn Hooks>,
    timeout: Duration,
}

impl Asker {
    pub(crate) fn new(hooks: Arc<dyn Hooks>, timeout: Duration) -> Self {
        Self { hooks, timeout }
    }

    /// The verbs that replace the script; none where it goes on, because none or an empty list was answered.
    pub(crate) async fn ask(
        &self,
        account: AccountId,
        hook: &Hook,
        event: &Event,
    ) -> Result<Option<Vec<Verb>>, String> {
        let answer = self.raw(account, hook, event).await?;
        let verbs = answer.map(verbs::from_hook).transpose().map_err(|error| error.to_string())?;
        Ok(verbs.filter(|verbs| !verbs.is_empty()))
    }

    /// Tells the hook something whose answer does not matter.
    pub(crate) async fn tell(&self, account: AccountId, hook: &Hook, event: &Event) -> Result<(), String> {
        self.raw(account, hook, event).await.map(drop)
    }

    async fn raw(&self, account: AccountId, target: &Hook, event: &Event) -> Result<Option<Vec<hook::Verb>>, String> {
        let asking = self.hooks.ask(target.plugin(), account, event);
        let answer = tokio::time::timeout(self.timeout, asking).await;
        answer.map_err(|_| format!("no answer within {:?}", self.timeout))?
    }
}
