//! What can break into a verb: the far end, the API, the clock, and an application that was asked for meanwhile.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Map;
use strowger_media::MediaSession;
use strowger_sandbox::hook::EventKind;
use strowger_sip::LegEvent;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::end::End;
use super::line::Line;
use super::requests::Requests;
use crate::asker::Asker;
use crate::command::{Command, Outcome, Reply, Update};
use crate::error::UpdateError;
use crate::hook::{Hook, HookRef};
use crate::ports::LegControl;
use crate::verbs::Verb;

/// Verbs that one application may have waiting: as many as one script has.
const MAX_QUEUED: usize = 500;

type Answer = Pin<Box<dyn Future<Output = Result<Option<Vec<Verb>>, String>> + Send>>;

/// What breaks in.
pub(crate) enum Interrupt {
    /// The call is over.
    End(End),
    /// Another application takes over.
    Replaced(Vec<Verb>),
    /// There is more to do.
    Queued,
}

/// A live update that waits for its application. The present one goes on until it is there, so that a hook which fails
/// costs the caller nothing.
pub(crate) struct Redirecting {
    answer: Answer,
    call_hook: Hook,
    status_hook: Option<Hook>,
    reply: Reply,
}

/// Everything that is listened to while a verb runs.
pub(crate) struct Floor<'a> {
    pub(crate) line: &'a mut Line,
    pub(crate) events: mpsc::Receiver<LegEvent>,
    pub(crate) redirecting: Option<Redirecting>,
    pub(crate) until: Option<Instant>,
    pub(crate) asker: Asker,
    pub(crate) control: Arc<dyn LegControl>,
    pub(crate) requests: Requests,
    /// What the application wants done when the present verbs are.
    pub(crate) queued: VecDeque<Verb>,
}

impl Floor<'_> {
    /// Waits for something that breaks in. Dropped and asked again at will.
    pub(crate) async fn interrupted(&mut self, media: &MediaSession) -> Interrupt {
        loop {
            if let Some(interrupt) = self.next(media).await {
                return interrupt;
            }
        }
    }

    /// As [`Self::interrupted`] where no verb is left: the call is finished unless another application is on its way, or one is there
    /// all the time.
    pub(crate) async fn idle(&mut self, media: &MediaSession) -> Interrupt {
        while self.redirecting.is_some() || self.requests.is_asking() || self.asker.session().is_attached() {
            if let Some(interrupt) = self.next(media).await {
                return interrupt;
            }
            if !self.queued.is_empty() {
                return Interrupt::Queued;
            }
        }
        Interrupt::End(End::finished())
    }

    /// The next thing that happens; none where it was dealt with.
    async fn next(&mut self, media: &MediaSession) -> Option<Interrupt> {
        tokio::select! {
            biased;
            event = self.events.recv() => match event {
                Some(LegEvent::Reoffer { sdp }) => {
                    self.reoffered(&sdp, media);
                    None
                }
                Some(LegEvent::Info { content_type, body }) => {
                    self.requests.take(&content_type, &body, self.line, &self.asker);
                    None
                }
                Some(event) if !event.is_last() => None,
                _ => Some(Interrupt::End(End::Far)),
            },
            command = self.line.inbox.recv() => match command {
                Some(Command::Update(update, reply)) => self.update(update, reply, media).await.map(Interrupt::End),
                Some(Command::Script { verbs, queue }) => self.script(verbs, queue).map(Interrupt::Replaced),
                Some(Command::End) | None => Some(Interrupt::End(End::asked(None))),
            },
            answer = answer_of(&mut self.redirecting) => self.redirected(answer).await.map(Interrupt::Replaced),
            answer = self.requests.answer() => {
                self.requests.answered(answer, self.line, &self.asker).map(Interrupt::Replaced)
            }
            () = detached(&self.asker) => None,
            () = reached(self.until) => Some(Interrupt::End(End::because("timeLimit reached"))),
        }
    }

    /// The stack has answered already. A description that cannot be used leaves the media as it is.
    fn reoffered(&mut self, sdp: &str, media: &MediaSession) {
        if let Err(error) = media.accept(sdp) {
            tracing::info!(call_sid = %self.line.record().call_sid, %error, "re-INVITE not followed");
        }
    }

    async fn update(&mut self, update: Update, reply: Reply, media: &MediaSession) -> Option<End> {
        let call = self.line.record().call_sid;
        let outcome = match update {
            Update::Complete => return Some(End::asked(Some(reply))),
            Update::NoAnswer => Err(UpdateError::Incompatible(call)),
            Update::Stateless { action, needs, .. } => Err(UpdateError::NoState { action, needs, call }),
            Update::Tag(tag) => {
                self.line.tag(tag);
                Ok(None)
            }
            Update::Redirect { call_hook, status_hook } => {
                self.redirect(&call_hook, status_hook.as_ref(), reply);
                return None;
            }
            Update::Dtmf { digits, each } => {
                spawn_reply(super::signal::dial(digits, each, media, self.control.clone()).await, reply);
                return None;
            }
            Update::SipRequest(request) => {
                spawn_reply(super::signal::request(request, self.control.clone()), reply);
                return None;
            }
        };
        // Whoever asked may have stopped waiting.
        let _ = reply.send(outcome);
        None
    }

    /// Verbs that take the place of those that are left.
    fn script(&mut self, verbs: Vec<Verb>, queue: bool) -> Option<Vec<Verb>> {
        if !queue {
            return Some(verbs);
        }
        if self.queued.len() + verbs.len() > MAX_QUEUED {
            self.line.fault("redirect: too many verbs are queued");
        } else {
            self.queued.extend(verbs);
        }
        None
    }

    fn redirect(&mut self, call_hook: &HookRef, status_hook: Option<&HookRef>, reply: Reply) {
        let (call_hook, status_hook) = match self.line.redirected(call_hook, status_hook) {
            Ok(hooks) => hooks,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let event = self.line.event(EventKind::SessionRedirect, &call_hook, Map::new());
        let (asker, account, hook) = (self.asker.clone(), self.line.record().account_sid, call_hook.clone());
        let answer = Box::pin(async move { asker.ask(account, &hook, &event).await });
        let superseded = self.redirecting.replace(Redirecting { answer, call_hook, status_hook, reply });
        if let Some(superseded) = superseded {
            let _ = superseded.reply.send(Err(UpdateError::Superseded));
        }
    }

    async fn redirected(&mut self, answer: Result<Option<Vec<Verb>>, String>) -> Option<Vec<Verb>> {
        let Redirecting { call_hook, status_hook, reply, .. } = self.redirecting.take()?;
        match answer {
            Ok(verbs) => {
                self.asker.adopt(&call_hook).await;
                self.line.adopt(call_hook, status_hook);
                let _ = reply.send(Ok(None));
                verbs
            }
            Err(reason) => {
                self.line.fault(&format!("call_hook failed: {reason}"));
                let _ = reply.send(Err(UpdateError::HookFailed(reason)));
                None
            }
        }
    }
}

/// What takes a while goes on beside the verb that runs.
fn spawn_reply(work: impl Future<Output = Outcome> + Send + 'static, reply: Reply) {
    tokio::spawn(async move {
        let _ = reply.send(work.await);
    });
}

async fn answer_of(redirecting: &mut Option<Redirecting>) -> Result<Option<Vec<Verb>>, String> {
    match redirecting {
        Some(redirecting) => (&mut redirecting.answer).await,
        None => std::future::pending().await,
    }
}

async fn detached(asker: &Asker) {
    asker.session().detached().await;
}

async fn reached(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}
