//! Asking a hook, and reading what it answers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use strowger_model::AccountId;
use strowger_sandbox::hook::Event;
use tokio::sync::mpsc;

use crate::alerts::Alerts;
use crate::command::Command;
use crate::hook::Hook;
use crate::ports::{Hooks, Sockets};
use crate::socket::Session;
use crate::turns::Turns;
use crate::verbs::{self, Verb, VerbError};

/// Status events of one account that are under way at once, and questions of its calls beside them: fewer together than the instances
/// that an account has where the installation does not say otherwise. The others wait for their turn.
const TOLD_AT_ONCE: usize = 100;
const ASKED_AT_ONCE: usize = 300;

/// What a hook answered, read.
type Script = Result<Option<Vec<Verb>>, VerbError>;

/// Asks hooks within a bound of time.
#[derive(Clone)]
pub(crate) struct Asker {
    hooks: Arc<dyn Hooks>,
    sockets: Arc<dyn Sockets>,
    alerts: Alerts,
    timeout: Duration,
    session: Option<Session>,
    told: Turns,
    asked: Turns,
}

impl Asker {
    pub(crate) fn new(hooks: Arc<dyn Hooks>, sockets: Arc<dyn Sockets>, alerts: Alerts, timeout: Duration) -> Self {
        let (told, asked) = (Turns::new(TOLD_AT_ONCE), Turns::new(ASKED_AT_ONCE));
        Self { hooks, sockets, alerts, timeout, session: None, told, asked }
    }

    /// For the hooks of one call, whose application may send it commands.
    pub(crate) fn of_call(&self, commands: mpsc::Sender<Command>) -> Self {
        let session = Session::new(self.sockets.clone(), Some(commands));
        Self { session: Some(session), ..self.clone() }
    }

    /// The WebSocket of the call; outside of one it is for one event.
    pub(crate) fn session(&self) -> Session {
        self.session.clone().unwrap_or_else(|| Session::new(self.sockets.clone(), None))
    }

    /// Those hooks are the call's from here on.
    pub(crate) async fn adopt(&self, hook: &Hook) {
        if let Some(session) = self.session.as_ref().filter(|_| !hook.is_socket()) {
            session.leave().await;
        }
    }

    /// The verbs that replace the script; none where it goes on, because none or an empty list was answered. The owner of the account is
    /// told what went wrong.
    pub(crate) async fn ask(
        &self,
        account: AccountId,
        hook: &Hook,
        event: &Event,
    ) -> Result<Option<Vec<Verb>>, String> {
        let _turn = self.asked.take(account).await;
        match self.within(self.verbs(account, hook, event)).await {
            Ok(Ok(verbs)) => Ok(verbs.filter(|verbs| !verbs.is_empty())),
            Ok(Err(fault)) => {
                let fault = fault.to_string();
                self.alerts.invalid_application(account, hook, event, &fault);
                Err(fault)
            }
            Err(reason) => {
                self.gave_up(account, hook, event, &reason);
                Err(reason)
            }
        }
    }

    /// Tells the hook something whose answer does not matter.
    pub(crate) async fn tell(&self, account: AccountId, hook: &Hook, event: &Event) -> Result<(), String> {
        if hook.is_socket() {
            return self.within(self.session().tell(hook, event)).await.map(drop);
        }
        let _turn = self.told.take(account).await;
        self.within(self.hooks.ask(hook.plugin(), account, event)).await.map(drop)
    }

    async fn verbs(&self, account: AccountId, hook: &Hook, event: &Event) -> Result<Script, String> {
        if hook.is_socket() {
            let data = self.session().tell(hook, event).await?;
            return Ok(data.map(|data| verbs::parse(&listed(data))).transpose());
        }
        let answer = self.hooks.ask(hook.plugin(), account, event).await?;
        Ok(answer.map(verbs::from_hook).transpose())
    }

    /// Tells the owner of the account that a hook failed for good.
    pub(crate) fn gave_up(&self, account: AccountId, hook: &Hook, event: &Event, reason: &str) {
        self.alerts.hook_failed(account, hook, event, reason);
    }

    async fn within<T>(&self, asking: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        let answer = tokio::time::timeout(self.timeout, asking).await;
        answer.map_err(|_| format!("no answer within {:?}", self.timeout))?
    }
}

/// One verb passes for a list of it, an empty object for none.
fn listed(data: Value) -> Value {
    match data {
        Value::Object(fields) if fields.is_empty() => json!([]),
        verb @ Value::Object(_) => json!([verb]),
        other => other,
    }
}
