//! Legs against the practice carrier.

use std::net::SocketAddr;
use std::time::Duration;

use strowger_sip::{
    Credentials, DigestAlgorithm, InDialog, Invite, InviteError, LegEvent, Party, PracticeCall, PracticeCarrier,
    PracticeChallenge, PracticeConfig, PracticeEnd, SipConfig, SipError, SipStack,
};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

use crate::{PATIENCE, answered, emptied, invite_to, loopback, next, stack};

/// A practice carrier at work.
struct Carrier {
    address: SocketAddr,
    calls: mpsc::Receiver<PracticeCall>,
    _stop: oneshot::Sender<()>,
}

impl Carrier {
    async fn open(config: PracticeConfig) -> Self {
        let carrier = PracticeCarrier::bind(config).await.unwrap();
        let address = carrier.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        let (report, calls) = mpsc::channel(16);
        let shutdown = async { drop(stopped.await) };
        tokio::spawn(carrier.run(shutdown, move |call| drop(report.try_send(call))));
        Self { address, calls, _stop: stop }
    }

    async fn report(&mut self) -> PracticeCall {
        tokio::time::timeout(PATIENCE, self.calls.recv()).await.expect("no report").unwrap()
    }
}

fn user(password: &str) -> Credentials {
    Credentials { username: "joe".into(), password: password.into(), realm: None }
}

fn guarded(algorithm: DigestAlgorithm) -> PracticeConfig {
    let challenge = Some(PracticeChallenge { credentials: user("s3cret"), algorithm });
    PracticeConfig { challenge, ..PracticeConfig::new(loopback()) }
}

#[tokio::test]
async fn voice_is_counted_until_the_call_is_hung_up() {
    let (mut carrier, stack) = (Carrier::open(PracticeConfig::new(loopback())).await, stack().await);
    let mut call = stack.invite(invite_to(carrier.address)).await.unwrap();
    let sdp = answered(&mut call).await.unwrap();
    let port: u16 = sdp.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let mouth = UdpSocket::bind(loopback()).await.unwrap();
    for _ in 0..5 {
        mouth.send_to(&[0x80; 172], ("127.0.0.1", port)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    call.leg.hangup(Vec::new()).await.unwrap();
    let report = carrier.report().await;
    assert_eq!((report.status, report.rtp_packets, report.end), (200, 5, PracticeEnd::HungUp));
    assert_eq!(report.call_id, call.call_id);
    assert!(report.to_string().starts_with(&format!("sip:100@{} 200 hung up after ", carrier.address)));
}

#[tokio::test]
async fn every_algorithm_of_rfc_8760_lets_us_in() {
    use DigestAlgorithm::{Md5, Md5Sess, Sha256, Sha256Sess, Sha512T256, Sha512T256Sess};
    for algorithm in [Md5, Md5Sess, Sha256, Sha256Sess, Sha512T256, Sha512T256Sess] {
        let (carrier, stack) = (Carrier::open(guarded(algorithm)).await, stack().await);
        let invite = Invite { credentials: Some(user("s3cret")), ..invite_to(carrier.address) };
        let mut call = stack.invite(invite).await.unwrap();
        answered(&mut call).await;
        call.leg.hangup(Vec::new()).await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_after_one_try() {
    let (carrier, stack) = (Carrier::open(guarded(DigestAlgorithm::Sha256)).await, stack().await);
    for credentials in [None, Some(user("guess"))] {
        let mut call = stack.invite(Invite { credentials, ..invite_to(carrier.address) }).await.unwrap();
        assert!(matches!(next(&mut call).await, LegEvent::Refused { status: 407, .. }));
    }
    emptied(&stack).await;
}

#[tokio::test]
async fn a_carrier_that_rings_for_ever_is_cancelled() {
    let slow = PracticeConfig { ring: true, after: PATIENCE, ..PracticeConfig::new(loopback()) };
    let (mut carrier, stack) = (Carrier::open(slow).await, stack().await);
    let mut call = stack.invite(invite_to(carrier.address)).await.unwrap();
    while !matches!(crate::next_of_any_kind(&mut call).await, LegEvent::Progress { status: 180, .. }) {}
    call.leg.abandon().await;
    assert!(matches!(next(&mut call).await, LegEvent::Refused { status: 487, .. }));
    assert_eq!(carrier.report().await.end, PracticeEnd::Cancelled);
    emptied(&stack).await;
}

#[tokio::test]
async fn a_lost_owner_ends_the_call() {
    let (mut carrier, stack) = (Carrier::open(PracticeConfig::new(loopback())).await, stack().await);
    let mut call = stack.invite(invite_to(carrier.address)).await.unwrap();
    answered(&mut call).await;
    drop(call);
    assert_eq!(carrier.report().await.end, PracticeEnd::HungUp);
    emptied(&stack).await;
}

#[tokio::test]
async fn shutdown_hangs_up_and_takes_no_more_calls() {
    let (mut carrier, stack) = (Carrier::open(PracticeConfig::new(loopback())).await, stack().await);
    let mut call = stack.invite(invite_to(carrier.address)).await.unwrap();
    answered(&mut call).await;
    stack.shutdown().await;
    assert!(matches!(next(&mut call).await, LegEvent::Ended { by: Party::Near, .. }));
    assert_eq!(carrier.report().await.end, PracticeEnd::HungUp);
    let refusal = stack.invite(invite_to(carrier.address)).await.unwrap_err();
    assert!(matches!(refusal, InviteError::ShuttingDown));
}

#[tokio::test]
async fn legs_are_bounded_and_come_free_again() {
    let carrier = Carrier::open(PracticeConfig { answer: 486, ..PracticeConfig::new(loopback()) }).await;
    let stack = SipStack::bind(SipConfig { max_legs: 1, ..SipConfig::new(loopback()) }).await.unwrap();
    let mut first = stack.invite(invite_to(carrier.address)).await.unwrap();
    let refusal = stack.invite(invite_to(carrier.address)).await.unwrap_err();
    assert!(matches!(refusal, InviteError::Busy { limit: 1 }));
    assert!(matches!(next(&mut first).await, LegEvent::Refused { status: 486, .. }));
    emptied(&stack).await;
    stack.invite(invite_to(carrier.address)).await.unwrap();
}

#[tokio::test]
async fn many_calls_at_once_reach_their_ends() {
    let (carrier, stack) = (Carrier::open(PracticeConfig::new(loopback())).await, stack().await);
    let mut calls = Vec::new();
    for _ in 0..50 {
        calls.push(stack.invite(invite_to(carrier.address)).await.unwrap());
    }
    for call in &mut calls {
        answered(call).await;
        call.leg.hangup(Vec::new()).await.unwrap();
        assert!(matches!(next(call).await, LegEvent::Ended { by: Party::Near, .. }));
    }
    emptied(&stack).await;
}

#[tokio::test]
async fn a_request_inside_the_dialog_comes_back_with_its_answer() {
    let (carrier, stack) = (Carrier::open(PracticeConfig::new(loopback())).await, stack().await);
    let mut call = stack.invite(invite_to(carrier.address)).await.unwrap();
    answered(&mut call).await;
    let answer = call.leg.dtmf('5', Duration::from_millis(160)).await.unwrap();
    assert_eq!((answer.status, answer.reason.as_str()), (200, "OK"));
    let request = |method: &str, headers: &[(&str, &str)], body: String| InDialog {
        method: method.into(),
        headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        content_type: Some("text/plain".into()),
        body,
    };
    let message = request("message", &[("X-Kind", "note")], "hello".into());
    assert_eq!(call.leg.request(message).await.unwrap().status, 405, "the practice carrier takes no messages");
    let refused = async |wanted| call.leg.request(wanted).await.unwrap_err().to_string();
    assert_eq!(
        refused(request("BYE", &[], String::new())).await,
        "method: BYE is not one of INFO, MESSAGE, NOTIFY and OPTIONS"
    );
    assert_eq!(refused(request("INFO", &[], "x".repeat(1_025))).await, "body: longer than 1024 bytes");
    assert_eq!(refused(request("INFO", &[("Via", "x")], String::new())).await, "headers: Via is set by the stack");
}

#[tokio::test]
async fn a_provisional_status_is_no_answer_to_practise_with() {
    let config = PracticeConfig { answer: 180, ..PracticeConfig::new(loopback()) };
    assert!(matches!(PracticeCarrier::bind(config).await.err(), Some(SipError::NotFinal(180))));
}
