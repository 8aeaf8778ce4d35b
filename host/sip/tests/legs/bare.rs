//! Legs against bare sockets: silence, closed ports, misbehaviour.

use std::net::SocketAddr;
use std::time::Duration;

use strowger_sip::{Invite, LegEvent, Party};
use tokio::net::UdpSocket;

use crate::{PATIENCE, answered, emptied, invite_to, loopback, next, next_of_any_kind, stack};

/// A far end that does what the test says.
struct Bare {
    socket: UdpSocket,
    caller: SocketAddr,
}

impl Bare {
    async fn open() -> (Self, SocketAddr) {
        let socket = UdpSocket::bind(loopback()).await.unwrap();
        let address = socket.local_addr().unwrap();
        (Self { socket, caller: address }, address)
    }

    /// The next request of this method; others are passed over.
    async fn hear(&mut self, method: &str) -> String {
        let wait = async {
            let mut buffer = [0; 8_192];
            loop {
                let (length, from) = self.socket.recv_from(&mut buffer).await.unwrap();
                self.caller = from;
                let text = String::from_utf8(buffer[..length].to_vec()).unwrap();
                if text.starts_with(method) {
                    return text;
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no {method}"))
    }

    /// Everything that arrives within `time`.
    async fn overhear(&mut self, time: Duration) -> Vec<String> {
        let (mut heard, mut buffer) = (Vec::new(), [0; 8_192]);
        let listen = async {
            loop {
                let (length, _) = self.socket.recv_from(&mut buffer).await.unwrap();
                heard.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
            }
        };
        tokio::time::timeout(time, listen).await.unwrap_err();
        heard
    }

    /// Answers `request` with the headers that a response repeats, a To tag and `more`.
    async fn answer(&self, request: &str, status: &str, tag: &str, more: &str) {
        let mut response = format!("SIP/2.0 {status}\r\n");
        for line in request.lines().take_while(|line| !line.is_empty()) {
            match line.split(':').next().unwrap() {
                "Via" | "From" | "Call-ID" | "CSeq" => response.push_str(&format!("{line}\r\n")),
                "To" if line.contains("tag=") => response.push_str(&format!("{line}\r\n")),
                "To" => response.push_str(&format!("{line};tag={tag}\r\n")),
                _ => {}
            }
        }
        response.push_str(&format!("{more}Content-Length: 0\r\n\r\n"));
        self.socket.send_to(response.as_bytes(), self.caller).await.unwrap();
    }

    fn contact(&self) -> String {
        format!("Contact: <sip:bare@{}>\r\n", self.socket.local_addr().unwrap())
    }
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

#[tokio::test]
async fn a_closed_port_is_found_by_its_icmp_error() {
    let (bare, closed) = Bare::open().await;
    drop(bare);
    let stack = stack().await;
    let mut call = stack.invite(invite_to(closed)).await.unwrap();
    let LegEvent::Unreachable { reason } = next(&mut call).await else { panic!("reached") };
    assert!(reason.starts_with(&closed.to_string()), "{reason}");
    assert_eq!(call.events.recv().await, None);
    emptied(&stack).await;
}

#[tokio::test]
async fn one_dead_carrier_disturbs_no_other_call() {
    let (bare, closed) = Bare::open().await;
    drop(bare);
    let (mut alive, address) = Bare::open().await;
    let stack = stack().await;
    for _ in 0..20 {
        let mut dead = stack.invite(invite_to(closed)).await.unwrap();
        let mut call = stack.invite(invite_to(address)).await.unwrap();
        let invite = alive.hear("INVITE").await;
        alive.answer(&invite, "486 Busy Here", "1", "").await;
        assert!(matches!(next(&mut call).await, LegEvent::Refused { status: 486, .. }));
        assert!(matches!(next(&mut dead).await, LegEvent::Unreachable { .. }));
    }
}

#[tokio::test]
async fn a_closed_tcp_port_and_an_unknown_name_are_unreachable() {
    let (bare, closed) = Bare::open().await;
    drop(bare);
    let stack = stack().await;
    for uri in [format!("sip:100@{closed};transport=tcp"), "sip:100@nowhere.invalid".to_owned()] {
        let mut call = stack.invite(Invite { request_uri: uri, ..invite_to(closed) }).await.unwrap();
        assert!(matches!(next_of_any_kind(&mut call).await, LegEvent::Unreachable { .. }));
    }
}

#[tokio::test]
async fn an_abandoned_silent_far_end_hears_nothing_more_and_is_cancelled_when_it_wakes_up() {
    let (mut bare, address) = Bare::open().await;
    let stack = stack().await;
    let mut call = stack.invite(invite_to(address)).await.unwrap();
    let invite = bare.hear("INVITE").await;
    call.leg.abandon().await;
    // T1 and 2*T1 would each have brought another INVITE; a CANCEL may not come before a 1xx (RFC 3261 §9.1).
    assert_eq!(bare.overhear(Duration::from_millis(1_700)).await, Vec::<String>::new());
    bare.answer(&invite, "180 Ringing", "1", "").await;
    let cancel = bare.hear("CANCEL").await;
    assert_eq!(header(&cancel, "Via"), header(&invite, "Via"));
    assert_eq!(header(&cancel, "CSeq"), "1 CANCEL");
    bare.answer(&cancel, "200 OK", "1", "").await;
    bare.answer(&invite, "487 Request Terminated", "1", "").await;
    bare.hear("ACK").await;
    assert!(matches!(next(&mut call).await, LegEvent::Refused { status: 487, .. }));
    emptied(&stack).await;
}

#[tokio::test]
async fn the_invite_says_what_was_asked_for() {
    let (mut bare, address) = Bare::open().await;
    let stack = stack().await;
    let invite = Invite {
        from_display: Some("Alice".into()),
        headers: vec![("X-Account".into(), "7".into())],
        call_id: Some("mine@here".into()),
        ..invite_to(address)
    };
    let call = stack.invite(invite).await.unwrap();
    assert_eq!(call.call_id, "mine@here");
    let text = bare.hear("INVITE").await;
    assert!(text.starts_with(&format!("INVITE sip:100@{address} SIP/2.0\r\n")));
    assert!(header(&text, "From").starts_with("\"Alice\" <sip:alice@example.com>;tag="));
    assert_eq!(header(&text, "To"), "<sip:100@127.0.0.1>");
    assert_eq!(header(&text, "Call-ID"), "mine@here");
    assert_eq!(header(&text, "Contact"), format!("<sip:strowger@{}>", stack.local_addr()));
    assert_eq!(header(&text, "X-Account"), "7");
    assert_eq!(header(&text, "Max-Forwards"), "70");
    assert_eq!(header(&text, "Content-Type"), "application/sdp");
    assert!(text.ends_with(crate::OFFER));
}

#[tokio::test]
async fn an_answer_without_contact_is_acknowledged_all_the_same_each_time_it_comes() {
    let (mut bare, address) = Bare::open().await;
    let stack = stack().await;
    let mut call = stack.invite(invite_to(address)).await.unwrap();
    let invite = bare.hear("INVITE").await;
    for _ in 0..2 {
        bare.answer(&invite, "200 OK", "1", "").await;
        let ack = bare.hear("ACK").await;
        assert_eq!(header(&ack, "CSeq"), "1 ACK");
    }
    answered(&mut call).await;
}

#[tokio::test]
async fn a_second_branch_that_answers_is_hung_up() {
    let (mut bare, address) = Bare::open().await;
    let stack = stack().await;
    let mut call = stack.invite(invite_to(address)).await.unwrap();
    let invite = bare.hear("INVITE").await;
    let contact = bare.contact();
    bare.answer(&invite, "200 OK", "first", &contact).await;
    bare.hear("ACK").await;
    answered(&mut call).await;
    bare.answer(&invite, "200 OK", "second", &contact).await;
    assert!(bare.hear("ACK").await.contains("tag=second"));
    let bye = bare.hear("BYE").await;
    assert!(header(&bye, "To").ends_with(";tag=second"));
    bare.answer(&bye, "200 OK", "second", "").await;
    call.leg.hangup(Vec::new()).await.unwrap();
    assert!(bare.hear("BYE").await.contains("tag=first"));
}

#[tokio::test]
async fn a_bye_on_the_heels_of_the_answer_ends_the_call() {
    let (mut bare, address) = Bare::open().await;
    let stack = stack().await;
    for round in 0..20 {
        let mut call = stack.invite(invite_to(address)).await.unwrap();
        let invite = bare.hear("INVITE").await;
        let contact = bare.contact();
        bare.answer(&invite, "200 OK", "1", &contact).await;
        let bye = format!(
            "BYE sip:strowger@{ours} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{round}\r\n\
             Max-Forwards: 70\r\nFrom: {};tag=1\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n",
            header(&invite, "To"),
            header(&invite, "From"),
            header(&invite, "Call-ID"),
            ours = stack.local_addr(),
        );
        bare.socket.send_to(bye.as_bytes(), bare.caller).await.unwrap();
        bare.hear("SIP/2.0 200").await;
        answered(&mut call).await;
        assert!(matches!(next(&mut call).await, LegEvent::Ended { by: Party::Far, .. }));
    }
}
