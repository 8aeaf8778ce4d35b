//! Legs against sipp, which checks our side of each flow.

use std::time::Duration;

use strowger_sip::{Credentials, Invite, LegEvent, Party, SipError};

use crate::peer::Sipp;
use crate::{answered, emptied, invite_to, next, next_of_any_kind, stack};

#[tokio::test]
async fn a_call_is_answered_and_hung_up_by_us() {
    let (sipp, stack) = (Sipp::play("answer.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    assert_eq!(next_of_any_kind(&mut call).await, LegEvent::Sent);
    assert_eq!(next_of_any_kind(&mut call).await, LegEvent::Trying);
    let ringing = LegEvent::Progress { status: 180, reason: "Ringing".into(), sdp: None };
    assert_eq!(next_of_any_kind(&mut call).await, ringing);
    assert!(answered(&mut call).await.unwrap().contains("m=audio"));
    assert_eq!(stack.live_legs(), 1);
    call.leg.hangup(vec![("X-Why".into(), "enough".into())]).await.unwrap();
    assert!(matches!(next(&mut call).await, LegEvent::Ended { by: Party::Near, .. }));
    assert_eq!(call.events.recv().await, None);
    sipp.ends_well().await;
    emptied(&stack).await;
    assert!(matches!(call.leg.hangup(Vec::new()).await, Err(SipError::LegGone)));
}

#[tokio::test]
async fn the_same_works_over_tcp() {
    let (sipp, stack) = (Sipp::play_over_tcp("answer.xml").await, stack().await);
    let uri = format!("sip:100@{};transport=tcp", sipp.address);
    let mut call = stack.invite(Invite { request_uri: uri, ..invite_to(sipp.address) }).await.unwrap();
    answered(&mut call).await;
    call.leg.hangup(vec![("X-Why".into(), "enough".into())]).await.unwrap();
    sipp.ends_well().await;
}

#[tokio::test]
async fn the_far_end_hangs_up_and_says_why() {
    let (sipp, stack) = (Sipp::play("hang-up.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    answered(&mut call).await;
    let LegEvent::Ended { by: Party::Far, reason, headers } = next(&mut call).await else { panic!("not hung up") };
    assert_eq!(reason.as_deref(), Some("Q.850;cause=16"));
    assert!(headers.contains(&("X-Bill".into(), "42".into())));
    sipp.ends_well().await;
    emptied(&stack).await;
}

#[tokio::test]
async fn a_refusal_tells_its_status_its_headers_and_when_to_come_back() {
    for (scenario, code) in [("refuse-486.xml", 486), ("refuse-503.xml", 503)] {
        let (sipp, stack) = (Sipp::play(scenario).await, stack().await);
        let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
        let LegEvent::Refused { status, retry_after, headers, .. } = next(&mut call).await else { panic!("{code}") };
        assert_eq!((status, retry_after), (code, Some(Duration::from_secs(30))));
        assert!(headers.contains(&("Warning".into(), "399 sipp \"no\"".into())));
        sipp.ends_well().await;
        emptied(&stack).await;
    }
}

#[tokio::test]
async fn a_challenge_is_answered_with_md5() {
    let (sipp, stack) = (Sipp::play("challenge.xml").await, stack().await);
    let credentials = Credentials { username: "joe".into(), password: "s3cret".into(), realm: None };
    let mut call = stack.invite(Invite { credentials: Some(credentials), ..invite_to(sipp.address) }).await.unwrap();
    answered(&mut call).await;
    call.leg.hangup(Vec::new()).await.unwrap();
    sipp.ends_well().await;
}

#[tokio::test]
async fn an_abandoned_call_is_cancelled_and_ends_with_487() {
    let (sipp, stack) = (Sipp::play("cancel.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    while !matches!(next_of_any_kind(&mut call).await, LegEvent::Progress { .. }) {}
    assert!(matches!(call.leg.hangup(Vec::new()).await, Err(SipError::NotAnswered)));
    call.leg.abandon().await;
    assert!(matches!(next(&mut call).await, LegEvent::Refused { status: 487, .. }));
    sipp.ends_well().await;
    emptied(&stack).await;
}

#[tokio::test]
async fn an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let (sipp, stack) = (Sipp::play("late-answer.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    while !matches!(next_of_any_kind(&mut call).await, LegEvent::Progress { .. }) {}
    call.leg.abandon().await;
    assert!(matches!(next(&mut call).await, LegEvent::Ended { by: Party::Near, .. }));
    sipp.ends_well().await;
    emptied(&stack).await;
}

#[tokio::test]
async fn hold_is_answered_and_told() {
    let (sipp, stack) = (Sipp::play("hold.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    answered(&mut call).await;
    let LegEvent::Reoffer { sdp } = next(&mut call).await else { panic!("no new offer") };
    assert!(sdp.contains("a=sendonly"));
    assert!(matches!(next(&mut call).await, LegEvent::Ended { by: Party::Far, .. }));
    sipp.ends_well().await;
}

#[tokio::test]
async fn routes_of_the_answer_are_followed_in_reverse() {
    let (sipp, stack) = (Sipp::play("record-route.xml").await, stack().await);
    let mut call = stack.invite(invite_to(sipp.address)).await.unwrap();
    answered(&mut call).await;
    call.leg.hangup(Vec::new()).await.unwrap();
    sipp.ends_well().await;
}
