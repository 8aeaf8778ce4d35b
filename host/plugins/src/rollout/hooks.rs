//! Canaries that answer for calls: whichever version has answered a call's first event answers all of them.

use std::time::Duration;

use moka::sync::Cache;
use strowger_model::{AccountId, Owner};
use strowger_sandbox::hook::{CallStatus, Event, EventKind, Verb};
use strowger_sandbox::{FaultKind, ModuleKind, PluginFault};

use super::Mode;
use super::running::Running;
use crate::error::FindError;
use crate::service::Plugins;

/// Calls that are remembered.
const CALLS: u64 = 50_000;
/// How long one is from which nothing more is heard.
const IDLE: Duration = Duration::from_hours(12);

/// Why a call hook has no answer.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The plugin cannot be used.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It is something else.
    #[error("plugin {0} is no call hook")]
    OtherKind(String),
    /// It failed.
    #[error("{0}")]
    Fault(PluginFault),
}

/// Whether the canary answers a call, by the call, the plugin and the version.
#[derive(Debug)]
pub(crate) struct HookCalls(Cache<(String, Owner, String, String), bool>);

impl Default for HookCalls {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CALLS).time_to_idle(IDLE).build())
    }
}

impl HookCalls {
    /// A call that is heard of in its midst began with the active version, and stays with it.
    fn chooses(&self, running: &Running, account: Owner, event: &Event) -> bool {
        let call = &event.call.call_sid;
        let begins = || begins(event) && running.chooses(account, call);
        !running.is_over() && self.0.get_with(place(running, call), begins)
    }

    fn leave(&self, running: &Running, call: &str) {
        self.0.insert(place(running, call), false);
    }
}

fn place(running: &Running, call: &str) -> (String, Owner, String, String) {
    let plugin = &running.candidate.plugin;
    (call.to_owned(), plugin.owner, plugin.name.clone(), plugin.version.clone())
}

/// Whether it may be the first event of a call.
fn begins(event: &Event) -> bool {
    let is_early = matches!(event.call.status, CallStatus::Trying | CallStatus::Ringing | CallStatus::EarlyMedia);
    event.kind == EventKind::SessionNew || (event.kind == EventKind::CallStatus && is_early)
}

impl Plugins {
    /// Tells a call hook of an event of an account's call: the version that is tried where the call is one of its, the active one else, and
    /// that one too where the other one fails.
    ///
    /// # Errors
    /// [`HookError`].
    pub async fn on_event(
        &self,
        account: AccountId,
        plugin: &str,
        event: &Event,
    ) -> Result<Option<Vec<Verb>>, HookError> {
        let owner = Owner::from(account);
        let module = self.module(owner, plugin).await?;
        if module.kind != ModuleKind::CallHook {
            return Err(HookError::OtherKind(module.id().to_owned()));
        }
        let running = self.running(owner, plugin).await.map_err(FindError::from)?;
        let running = running.filter(|running| running.mode() == Mode::Canary);
        if let Some(running) = &running
            && self.0.hook_calls.chooses(running, owner, event)
            && let Some(verbs) = self.by_canary(running, owner, event).await
        {
            return Ok(verbs);
        }
        let answer = module.on_event_metered(owner, event).await;
        match (&running, &answer) {
            (Some(running), Ok((_, usage))) => running.active_answered(*usage),
            (Some(running), Err(_)) => running.active_failed(),
            (None, _) => {}
        }
        answer.map(|(verbs, _)| verbs).map_err(HookError::Fault)
    }

    async fn by_canary(&self, running: &Running, owner: Owner, event: &Event) -> Option<Option<Vec<Verb>>> {
        match running.candidate.on_event_metered(owner, event).await {
            Ok((verbs, usage)) => {
                running.answered(usage);
                Some(verbs)
            }
            Err(fault) => {
                running.failed(&fault);
                if !matches!(fault.kind, FaultKind::Overloaded(_)) {
                    tracing::debug!(%fault, "the active version answers instead");
                }
                // What is left of the call is the other version's.
                self.0.hook_calls.leave(running, &event.call.call_sid);
                None
            }
        }
    }
}
