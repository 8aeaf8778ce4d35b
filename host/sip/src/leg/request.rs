//! The requests that a leg writes.

use std::net::SocketAddr;

use rsipstack::sip::{Header, Method, Request};

use crate::engine::{Engine, Target, via_transport};
use crate::message;
use crate::uri::{SipUri, Wire};

/// The methods that a dialog takes.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE";

/// What identifies a request's dialog and its place in it.
#[derive(Clone, Copy)]
pub(crate) struct Identity<'a> {
    pub(crate) call_id: &'a str,
    /// The From value with its tag.
    pub(crate) local: &'a str,
    /// The To value, with its tag inside a dialog.
    pub(crate) remote: &'a str,
    pub(crate) sequence: u32,
}

/// A request with everything that RFC 3261 §8.1.1 asks for, and nothing more.
pub(crate) fn build(engine: &Engine, method: Method, uri: &SipUri, target: Target, identity: Identity<'_>) -> Request {
    let here = engine.local_toward(target);
    let branch = format!("z9hG4bK{:024x}", rand::random::<u128>() >> 32);
    let via = format!("SIP/2.0/{} {here};branch={branch};rport", via_transport(target.wire));
    let headers = vec![
        message::make("Via", via),
        message::make("Max-Forwards", "70"),
        message::make("From", identity.local),
        message::make("To", identity.remote),
        message::make("Call-ID", identity.call_id),
        message::make("CSeq", format!("{} {method}", identity.sequence)),
    ];
    Request { method, uri: uri.to_library(), version: Default::default(), headers: headers.into(), body: Vec::new() }
}

/// The Contact under which the far end finds this side.
pub(crate) fn contact(here: SocketAddr, wire: Wire) -> Header {
    let transport = match wire {
        Wire::Udp => "",
        Wire::Tcp => ";transport=tcp",
    };
    message::make("Contact", format!("<sip:strowger@{here}{transport}>"))
}

/// The CANCEL of `invite` (RFC 3261 §9.1): the same Via, and nothing that the INVITE's hops did not see.
pub(crate) fn cancel(invite: &Request) -> Request {
    let mut cancel = Request { method: Method::Cancel, body: Vec::new(), ..invite.clone() };
    cancel.headers.retain(|header| {
        ["Via", "Max-Forwards", "From", "To", "Call-ID", "Route", "User-Agent"].contains(&header.name())
    });
    let sequence = message::sequence(&invite.headers).unwrap_or_default();
    cancel.headers.push(message::make("CSeq", format!("{sequence} CANCEL")));
    cancel
}
