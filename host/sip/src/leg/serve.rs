//! What the far end may ask for inside the dialog.

use rsipstack::sip::Method;
use rsipstack::transaction::transaction::Transaction;

use super::request::{self, ALLOW};
use super::talk::{Next, Talk};
use super::task::{Call, Task};
use crate::event::LegEvent;
use crate::message;
use crate::server;

const MAX_INFO: usize = 1_024;

impl Task {
    /// Answers one request of the far end.
    pub(super) async fn serve(&mut self, call: &mut Call, talk: &mut Talk, request: Transaction) -> Next {
        if let Err(inadmissible) = call.dialog.admit(&request.original) {
            server::reply(request, inadmissible.status(), &[]).await;
            return Next::Talk;
        }
        match request.original.method {
            Method::Bye => {
                self.hung_up(request).await;
                return Next::Over;
            }
            Method::Invite => self.reinvite(call, talk, request).await,
            Method::Update => self.update(call, talk, request).await,
            Method::Info => self.informed(request).await,
            Method::Options => server::reply(request, 200, &[("Allow", ALLOW), ("Accept", "application/sdp")]).await,
            _ => server::reply(request, 405, &[("Allow", ALLOW)]).await,
        }
        Next::Talk
    }

    async fn reinvite(&mut self, call: &Call, talk: &mut Talk, invite: Transaction) {
        if talk.is_reinviting {
            // The one before has not been acknowledged yet (RFC 3261 §14.2).
            let retry = vec![message::make("Retry-After", "1")];
            self.core.tasks.spawn(server::reply_to_invite(invite, 500, retry, None));
            return;
        }
        let offer = message::sdp(&invite.original.headers, &invite.original.body);
        let answer = talk.session.answer(offer.as_deref());
        let has_offer = offer.is_some();
        if let Some(sdp) = offer {
            self.sink.tell(LegEvent::Reoffer { sdp });
        }
        talk.is_reinviting = true;
        let acknowledge = talk.acknowledge.clone();
        let headers = self.session_headers(call);
        self.core.tasks.spawn(async move {
            let acknowledged = server::reply_to_invite(invite, 200, headers, Some(answer.into_bytes())).await;
            // Nobody waits for it once the leg has ended.
            let _ = acknowledge.send(acknowledged.filter(|_| !has_offer)).await;
        });
    }

    /// UPDATE (RFC 3311): a new offer, or none, where it only refreshes the session.
    async fn update(&mut self, call: &Call, talk: &mut Talk, mut update: Transaction) {
        let Some(sdp) = message::sdp(&update.original.headers, &update.original.body) else {
            return server::reply(update, 200, &[]).await;
        };
        let answer = talk.session.answer(Some(&sdp));
        let headers = self.session_headers(call);
        if let Err(error) = update.reply_with(200.into(), headers, Some(answer.into_bytes())).await {
            tracing::debug!(%error, "an UPDATE could not be answered");
        }
        self.sink.tell(LegEvent::Reoffer { sdp });
    }

    async fn informed(&mut self, info: Transaction) {
        let content_type = message::value(&info.original.headers, "Content-Type").unwrap_or_default().to_owned();
        let body = String::from_utf8(info.original.body.clone()).ok().filter(|body| body.len() <= MAX_INFO);
        server::reply(info, 200, &[]).await;
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            self.sink.tell(LegEvent::Info { content_type, body });
        }
    }

    fn session_headers(&self, call: &Call) -> Vec<rsipstack::sip::Header> {
        let target = call.attempt.target();
        vec![
            request::contact(self.core.engine.local_toward(target), target.wire),
            message::make("Allow", ALLOW),
            message::make("Content-Type", "application/sdp"),
        ]
    }
}
