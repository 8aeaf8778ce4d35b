//! Legs against far ends that are not ours: sipp, bare sockets; and against the practice carrier.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod bare;
mod carrier;
mod inbound;
mod peer;
mod sipp;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use strowger_sip::{Invite, LegEvent, OutboundLeg, SipConfig, SipStack};

/// Long enough for a slow machine; nothing is asserted to be faster than this.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                         m=audio 40000 RTP/AVP 0 8\r\na=sendrecv\r\n";

pub(crate) fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

pub(crate) async fn stack() -> Arc<SipStack> {
    SipStack::bind(SipConfig::new(loopback())).await.unwrap()
}

pub(crate) fn invite_to(address: SocketAddr) -> Invite {
    Invite::new(format!("sip:100@{address}"), "sip:alice@example.com", OFFER)
}

/// The next event that is not just a sign of life.
pub(crate) async fn next(leg: &mut OutboundLeg) -> LegEvent {
    loop {
        match next_of_any_kind(leg).await {
            LegEvent::Sent | LegEvent::Trying | LegEvent::Progress { .. } => {}
            event => return event,
        }
    }
}

pub(crate) async fn next_of_any_kind(leg: &mut OutboundLeg) -> LegEvent {
    tokio::time::timeout(PATIENCE, leg.events.recv()).await.expect("the leg fell silent").expect("no last event")
}

/// Waits for the answer and returns its session description.
pub(crate) async fn answered(leg: &mut OutboundLeg) -> Option<String> {
    match next(leg).await {
        LegEvent::Answered { status: 200, sdp, .. } => sdp,
        other => panic!("not answered: {other:?}"),
    }
}

/// Waits until the stack keeps no leg any more.
pub(crate) async fn emptied(stack: &SipStack) {
    let empty = async {
        while stack.live_legs() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, empty).await.expect("a leg was leaked");
}
