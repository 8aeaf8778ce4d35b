//! One call at the practice carrier.

use std::net::IpAddr;
use std::time::Duration;

use rsipstack::sip::Method;
use rsipstack::transaction::transaction::Transaction;
use tokio::time::Instant;

use super::media::{Digits, Ear};
use super::{PracticeCall, PracticeEnd, Shared};
use crate::core::Registration;
use crate::engine::TRANSACTION_LIMIT;
use crate::leg::ALLOW;
use crate::message;
use crate::server::{self, Incoming};

/// Nobody practises longer.
const LONGEST_CALL: Duration = Duration::from_secs(3_600);

/// Takes a call from its INVITE to its end; `None` when it was turned away at the gate.
pub(super) async fn take(shared: &Shared, invite: Transaction) -> Option<PracticeCall> {
    let started = Instant::now();
    let tag = format!("{:016x}", rand::random::<u64>());
    let mut incoming = Incoming::accept(&shared.engine, invite, &tag);
    let headers = &incoming.request().headers;
    let call_id = message::value(headers, "Call-ID").unwrap_or_default().to_owned();
    let to = incoming.request().uri.to_string();
    if let Some(gate) = shared.gate.as_ref().filter(|gate| !gate.admits(incoming.request())) {
        incoming.respond(407, &[("Proxy-Authenticate", &gate.question())], None);
        incoming.finish().await;
        return None;
    }
    let registration = shared.dialogs.register(&call_id, &tag);
    let Heard { status, rtp_packets, digits, end } = answer(shared, &mut incoming, registration).await;
    incoming.finish().await;
    Some(PracticeCall { call_id, to, status, rtp_packets, digits, lasted: started.elapsed(), end })
}

/// What came of a call.
struct Heard {
    status: u16,
    rtp_packets: u64,
    digits: String,
    end: PracticeEnd,
}

impl Heard {
    fn nothing(status: u16, end: PracticeEnd) -> Self {
        Self { status, rtp_packets: 0, digits: String::new(), end }
    }
}

async fn answer(shared: &Shared, incoming: &mut Incoming, registration: Registration) -> Heard {
    incoming.respond(100, &[], None);
    if shared.config.ring {
        incoming.respond(180, &[], None);
    }
    let is_cancelled = tokio::select! {
        () = tokio::time::sleep(shared.config.after) => false,
        () = incoming.wait_for(Method::Cancel) => true,
        () = shared.shutdown.cancelled() => true,
    };
    if is_cancelled {
        incoming.respond(487, &[], None);
        return Heard::nothing(487, PracticeEnd::Cancelled);
    }
    let status = shared.config.answer;
    if status >= 300 {
        incoming.respond(status, &[], None);
        return Heard::nothing(status, PracticeEnd::Refused);
    }
    talk(shared, incoming, registration).await
}

async fn talk(shared: &Shared, incoming: &mut Incoming, registration: Registration) -> Heard {
    let address = shared.engine.local().ip();
    let Ok(ear) = Ear::open(address).await else {
        incoming.respond(500, &[], None);
        return Heard::nothing(500, PracticeEnd::Refused);
    };
    let offer = message::sdp(&incoming.request().headers, &incoming.request().body);
    let Some(sdp) = ear.answer(offer.as_deref(), heard_at(shared, address)) else {
        incoming.respond(488, &[], None);
        return Heard::nothing(488, PracticeEnd::Refused);
    };
    let status = shared.config.answer;
    let contact = format!("<sip:practice@{}>", shared.engine.local());
    let headers = [("Contact", contact.as_str()), ("Allow", ALLOW), ("Content-Type", "application/sdp")];
    incoming.respond(status, &headers, Some(sdp.into_bytes()));
    let end = listen(shared, incoming, registration, ear.digits()).await;
    Heard { status, rtp_packets: ear.heard(), digits: ear.digits().noted(), end }
}

/// The address to put into the session description; a wildcard is no address to send to.
fn heard_at(shared: &Shared, address: IpAddr) -> IpAddr {
    if !address.is_unspecified() {
        return address;
    }
    match shared.engine.local() {
        local if local.is_ipv4() => IpAddr::from([127, 0, 0, 1]),
        _ => IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
    }
}

async fn listen(
    shared: &Shared,
    incoming: &mut Incoming,
    mut registration: Registration,
    digits: &Digits,
) -> PracticeEnd {
    let mut is_acknowledged = false;
    let mut deadline = Instant::now() + TRANSACTION_LIMIT;
    loop {
        tokio::select! {
            Some(request) = registration.requests.recv() => {
                let is_bye = request.original.method == Method::Bye;
                if request.original.method == Method::Info {
                    digits.note_relay(&request.original.body);
                }
                let is_known = matches!(request.original.method, Method::Bye | Method::Info | Method::Options);
                server::reply(request, if is_known { 200 } else { 405 }, &[("Allow", ALLOW)]).await;
                if is_bye {
                    return PracticeEnd::HungUp;
                }
            }
            () = incoming.wait_for(Method::Ack), if !is_acknowledged => {
                is_acknowledged = true;
                deadline = Instant::now() + LONGEST_CALL;
            }
            () = tokio::time::sleep_until(deadline) => return PracticeEnd::Lost,
            () = shared.shutdown.cancelled() => return PracticeEnd::Lost,
        }
    }
}
