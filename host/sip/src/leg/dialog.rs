//! A confirmed dialog (RFC 3261 §12) on the side that sent the INVITE.

use rsipstack::sip::{Method, Request, Response};

use super::plan::Plan;
use super::request::{self, Identity};
use crate::engine::{Engine, Target, resolve};
use crate::message;
use crate::uri::SipUri;

/// The state that requests inside the dialog are made of.
pub(crate) struct Dialog {
    call_id: String,
    local: String,
    remote: String,
    local_sequence: u32,
    remote_sequence: Option<u32>,
    remote_target: SipUri,
    routes: Vec<String>,
    /// Where the INVITE went: the way to a far end whose Contact leads nowhere.
    invited: Target,
}

impl Dialog {
    /// The dialog that the 2xx `response` to `invite` makes (§12.1.2).
    pub(crate) fn confirm(plan: &Plan, invite: &Request, response: &Response, invited: Target) -> Self {
        let mut routes = message::list(&response.headers, "Record-Route");
        routes.reverse();
        let contact = message::value(&response.headers, "Contact").map(message::address);
        Self {
            call_id: plan.call_id.clone(),
            local: plan.local.clone(),
            remote: message::value(&response.headers, "To").unwrap_or(&plan.remote).to_owned(),
            local_sequence: message::sequence(&invite.headers).unwrap_or(1),
            remote_sequence: None,
            remote_target: contact.and_then(|uri| SipUri::parse(uri).ok()).unwrap_or_else(|| plan.uri.clone()),
            routes,
            invited,
        }
    }

    /// The far end's tag.
    pub(crate) fn remote_tag(&self) -> Option<&str> {
        message::tag(&self.remote)
    }

    /// The next request in the dialog.
    pub(crate) async fn request(&mut self, engine: &Engine, method: Method) -> (Request, Target) {
        self.local_sequence = self.local_sequence.saturating_add(1);
        self.build(engine, method, self.local_sequence).await
    }

    /// The ACK of the 2xx. The library sends it by itself, except for a 2xx without Contact.
    pub(crate) async fn ack(&self, engine: &Engine) -> (Request, Target) {
        self.build(engine, Method::Ack, self.local_sequence).await
    }

    async fn build(&self, engine: &Engine, method: Method, sequence: u32) -> (Request, Target) {
        let target = self.next_hop(engine).await;
        let identity = Identity { call_id: &self.call_id, local: &self.local, remote: &self.remote, sequence };
        let mut request = request::build(engine, method, &self.remote_target, target, identity);
        for route in &self.routes {
            request.headers.push(message::make("Route", route.as_str()));
        }
        request.headers.push(message::make("User-Agent", engine.user_agent()));
        (request, target)
    }

    /// Where requests go: the first route, else the remote target (§12.2.1.1, loose routing).
    async fn next_hop(&self, engine: &Engine) -> Target {
        let route = self.routes.first().and_then(|route| SipUri::parse(message::address(route)).ok());
        let hop = route.as_ref().unwrap_or(&self.remote_target);
        let found = resolve(hop, engine.local()).await.ok().and_then(|targets| targets.first().copied());
        found.unwrap_or(self.invited)
    }

    /// Takes in a request of the far end: its CSeq must grow, its Contact may move the remote target (§12.2.2).
    pub(crate) fn admit(&mut self, request: &Request) -> Result<(), Inadmissible> {
        if message::value(&request.headers, "From").and_then(message::tag) != self.remote_tag() {
            return Err(Inadmissible::OtherDialog);
        }
        let sequence = message::sequence(&request.headers).ok_or(Inadmissible::OutOfOrder)?;
        if self.remote_sequence.is_some_and(|last| sequence < last) {
            return Err(Inadmissible::OutOfOrder);
        }
        self.remote_sequence = Some(sequence);
        let refreshes = matches!(request.method, Method::Invite | Method::Update);
        let contact = message::value(&request.headers, "Contact").map(message::address);
        if let Some(uri) = contact.filter(|_| refreshes).and_then(|uri| SipUri::parse(uri).ok()) {
            self.remote_target = uri;
        }
        Ok(())
    }
}

/// Why a request is no part of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inadmissible {
    /// Its From tag is another's.
    OtherDialog,
    /// It came after one with a higher CSeq.
    OutOfOrder,
}

impl Inadmissible {
    /// The status that says so (RFC 3261 §12.2.2).
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::OtherDialog => 481,
            Self::OutOfOrder => 500,
        }
    }
}
