//! The state of one call and everybody who follows it: the API, the store, the status hook.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use strowger_model::call_record::{Attempt, CallStatus, RoutedStep, TerminatedBy};
use strowger_model::{CallRecord, Secret};
use strowger_sandbox::hook::{Event, EventKind};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::CreatedCall;
use crate::call::plan::Script;
use crate::command::{Command, Reply, Update};
use crate::error::{CreateError, UpdateError};
use crate::hook::{Hook, HookRef};
use crate::hunt::{Desk, Failure, Progress};
use crate::notices::Notices;
use crate::recorder::Recorder;
use crate::{meter, payload};

/// Whoever placed the call waits here for its first INVITE.
pub(crate) type Launched = oneshot::Sender<Result<CreatedCall, CreateError>>;

/// What a line is made of.
pub(crate) struct LineParts {
    pub(crate) record: CallRecord,
    pub(crate) shown: watch::Sender<CallRecord>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) notices: Notices,
    pub(crate) inbox: mpsc::Receiver<Command>,
    pub(crate) launched: Launched,
    pub(crate) script: Script,
    /// What the account's webhooks are signed with.
    pub(crate) secret: Option<Secret>,
}

/// The state of a call. Every change goes through here, and from here to all who follow it.
pub(crate) struct Line {
    record: CallRecord,
    answered: Option<Instant>,
    shown: watch::Sender<CallRecord>,
    recorder: Arc<Recorder>,
    notices: Notices,
    pub(crate) inbox: mpsc::Receiver<Command>,
    launched: Option<Launched>,
    pub(crate) script: Script,
    secret: Option<Secret>,
    /// Who is to be told that the call is given up.
    asked_by: Option<Reply>,
}

impl Line {
    pub(crate) fn new(parts: LineParts) -> Self {
        let LineParts { record, shown, recorder, notices, inbox, launched, script, secret } = parts;
        let launched = Some(launched);
        Self { record, answered: None, shown, recorder, notices, inbox, launched, script, secret, asked_by: None }
    }

    pub(crate) fn record(&self) -> &CallRecord {
        &self.record
    }

    /// An event for a hook that is asked what to do.
    pub(crate) fn event(&self, kind: EventKind, hook: &Hook, extra: Map<String, Value>) -> Event {
        let mut told = payload::base(&self.record);
        told.extend(extra);
        payload::event(kind, &self.record, told, hook.to_json(self.secret.as_ref()))
    }

    /// By which steps it is routed. Shown with the next change: the first attempt is one.
    pub(crate) fn routed(&mut self, steps: Vec<RoutedStep>) {
        self.record.routing = steps;
    }

    pub(crate) fn tag(&mut self, tag: Map<String, Value>) {
        self.record.tag = Some(tag);
        self.publish();
    }

    pub(crate) fn answered(&mut self) {
        self.record.answered(strowger_model::time::now());
        self.answered = Some(Instant::now());
        self.announce();
    }

    /// The answered call is over.
    pub(crate) fn completed(&mut self, by: TerminatedBy, reason: Option<String>) {
        let since = self.answered.map(|answered| answered.elapsed());
        self.record.completed(by, strowger_model::time::now());
        // Dates have whole seconds only; what lies between is measured.
        self.record.duration = since.as_ref().map(Duration::as_secs);
        self.over(reason);
    }

    /// The call came to nothing.
    pub(crate) fn failed(&mut self, failure: &Failure, by: Option<TerminatedBy>, reason: Option<String>) {
        let status = CallStatus::of_refusal(failure.status);
        self.record.refused(status, failure.status, &failure.reason, strowger_model::time::now());
        self.record.call_termination_by = by;
        self.over(reason);
    }

    /// Tells whoever placed the call that it came to nothing before an INVITE was sent.
    pub(crate) fn not_launched(&mut self, error: CreateError) {
        if let Some(launched) = self.launched.take() {
            // Whoever placed the call may be gone.
            let _ = launched.send(Err(error));
        }
    }

    /// Answers whoever wanted the call given up.
    pub(crate) fn given_up(&mut self) {
        if let Some(reply) = self.asked_by.take() {
            let _ = reply.send(Ok(None));
        }
    }

    /// Tells the status hook what is wrong with the application.
    pub(crate) fn fault(&mut self, error: &str) {
        tracing::info!(call_sid = %self.record.call_sid, error, "application fault");
        let extra = Map::from_iter([("error".to_owned(), json!(error)), ("reason".to_owned(), json!(error))]);
        self.notices.tell(self.script.status_hook.as_ref(), &self.record, extra);
    }

    /// Has the first state written; resolves when that is durable.
    pub(crate) fn begin(&self) -> oneshot::Receiver<()> {
        self.recorder.begin(&self.record)
    }

    /// Has the last state written, or the record removed; resolves when that is durable.
    pub(crate) fn settle(&self, keep: bool) -> oneshot::Receiver<()> {
        self.recorder.settle(&self.record, keep)
    }

    /// The hooks of a new application, resolved against the present one.
    pub(crate) fn redirected(
        &self,
        call_hook: &HookRef,
        status_hook: Option<&HookRef>,
    ) -> Result<(Hook, Option<Hook>), UpdateError> {
        let base = self.script.call_hook.as_ref();
        let resolve = |name: &str, hook: &HookRef| {
            hook.resolve(name, base).map_err(|fault| UpdateError::Invalid(fault.to_string()))
        };
        let status_hook = status_hook.map(|hook| resolve("call_status_hook", hook)).transpose()?;
        let call_hook = resolve("call_hook", call_hook)?;
        let status_hook = status_hook.or_else(|| self.status_hook_beside(&call_hook));
        if let Some(hook) = &status_hook {
            let checked = hook.check_beside("call_status_hook", Some(&call_hook));
            checked.map_err(|fault| UpdateError::Invalid(fault.to_string()))?;
        }
        Ok((call_hook, status_hook))
    }

    /// Where status events go whose new application does not say: over its WebSocket, if it has one and they have no web server.
    fn status_hook_beside(&self, call_hook: &Hook) -> Option<Hook> {
        let is_free = self.script.status_hook.as_ref().is_none_or(Hook::is_socket);
        (is_free && call_hook.is_socket()).then(|| call_hook.clone())
    }

    /// Another application's hooks are the call's from here on.
    pub(crate) fn adopt(&mut self, call_hook: Hook, status_hook: Option<Hook>) {
        let is_session_over = !call_hook.is_socket();
        self.script.call_hook = Some(call_hook);
        if status_hook.is_some() {
            self.script.status_hook = status_hook;
        } else if is_session_over {
            self.script.status_hook.take_if(|hook| hook.is_socket());
        }
    }

    fn over(&mut self, reason: Option<String>) {
        self.record.termination_reason = reason;
        meter::call(self.record.call_status);
        self.announce();
    }

    fn announce(&mut self) {
        self.publish();
        self.notices.tell(self.script.status_hook.as_ref(), &self.record, Map::new());
    }

    fn publish(&self) {
        // Shown first: whoever has the shown state written anew while this one waits leaves it as it is.
        self.shown.send_replace(self.record.clone());
        self.recorder.put(&self.record);
    }

    /// Before the answer a new application only takes the place of the one that would be asked.
    fn redirect_unanswered(&mut self, call_hook: &HookRef, status_hook: Option<&HookRef>) -> Result<(), UpdateError> {
        let (call_hook, status_hook) = self.redirected(call_hook, status_hook)?;
        self.script.verbs = None;
        self.adopt(call_hook, status_hook);
        Ok(())
    }
}

#[async_trait]
impl Desk for Line {
    fn progress(&mut self, progress: Progress) {
        let before = (self.record.call_status, self.record.sip_status);
        match progress {
            Progress::Sent { call_id } => {
                self.record.ringing(100, "Trying", false);
                self.record.call_status = CallStatus::Trying;
                self.record.call_id.clone_from(&call_id);
                if let Some(launched) = self.launched.take() {
                    self.announce();
                    let _ = launched.send(Ok(CreatedCall { sid: self.record.call_sid, call_id }));
                    return;
                }
            }
            Progress::Ringing { status, reason, early_media } => self.record.ringing(status, &reason, early_media),
        }
        if before == (self.record.call_status, self.record.sip_status) {
            self.publish();
        } else {
            self.announce();
        }
    }

    fn begun(&mut self, attempt: Attempt) {
        self.record.attempts.push(attempt);
    }

    fn ended(&mut self, sip_status: Option<u16>, reason: &str) {
        if let Some(attempt) = self.record.attempts.last_mut() {
            attempt.end(sip_status, reason);
        }
        self.publish();
    }

    async fn unwanted(&mut self) {
        loop {
            let Some(command) = self.inbox.recv().await else { return };
            let sid = self.record.call_sid;
            let (update, reply) = match command {
                Command::End => return,
                // Applications send them to calls that are answered.
                Command::Script { .. } => continue,
                Command::Update(Update::NoAnswer, reply) => {
                    self.asked_by = Some(reply);
                    return;
                }
                Command::Update(update, reply) => (update, reply),
            };
            let outcome = match update {
                Update::Tag(tag) => {
                    self.tag(tag);
                    Ok(None)
                }
                Update::Redirect { call_hook, status_hook } => {
                    self.redirect_unanswered(&call_hook, status_hook.as_ref()).map(|()| None)
                }
                Update::Stateless { action, needs, .. } => Err(UpdateError::NoState { action, needs, call: sid }),
                Update::Complete | Update::NoAnswer | Update::Dtmf { .. } | Update::SipRequest(_) => {
                    Err(UpdateError::Incompatible(sid))
                }
            };
            let _ = reply.send(outcome);
        }
    }
}
