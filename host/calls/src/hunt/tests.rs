use std::sync::Arc;

use async_trait::async_trait;
use strowger_sip::LegEvent;

use super::*;
use crate::ports::LegError;
use crate::testing::{Done, FakeLegs, Script, answer, at, progress, refuse};

/// Keeps what the hunt tells, and gives the call up after a while.
#[derive(Default)]
struct Notes {
    progress: Vec<Progress>,
    attempts: Vec<Attempt>,
    patience: Option<Duration>,
    since: Option<Instant>,
}

#[async_trait]
impl Desk for Notes {
    fn progress(&mut self, progress: Progress) {
        self.progress.push(progress);
    }

    fn begun(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
    }

    fn ended(&mut self, sip_status: Option<u16>, reason: &str) {
        self.attempts.last_mut().unwrap().end(sip_status, reason);
    }

    async fn unwanted(&mut self) {
        let since = *self.since.get_or_insert_with(Instant::now);
        match self.patience {
            Some(patience) => tokio::time::sleep_until(since + patience).await,
            None => std::future::pending().await,
        }
    }
}

struct Hunted {
    outcome: Outcome,
    notes: Notes,
    done: Vec<Done>,
    took: Duration,
}

impl Hunted {
    fn status(&self) -> u16 {
        match &self.outcome {
            Outcome::Answered { status, .. } => *status,
            Outcome::Failed(failure) => failure.status,
            Outcome::Unwanted => 0,
        }
    }

    fn reasons(&self) -> Vec<&str> {
        self.notes.attempts.iter().map(|attempt| attempt.reason.as_deref().unwrap()).collect()
    }
}

fn carrier(number: usize) -> Candidate {
    let mut candidate = Candidate::direct(format!("sip:1@c{number}"), Vec::new(), None);
    candidate.grace_period = Duration::from_secs(5);
    candidate.progress_timeout = Some(Duration::from_secs(8));
    candidate
}

async fn hunt_with(legs: Arc<FakeLegs>, carriers: usize, mut notes: Notes) -> Hunted {
    let caller = Caller { from: "+1508".into(), name: None, host: None };
    let turns: Vec<Turn> = (1..=carriers).map(|number| Turn::from(carrier(number))).collect();
    let limits = Limits { ring: Duration::from_secs(60), attempts: 4 };
    let start = Instant::now();
    let outcome = hunt(&*legs, &caller, &turns, limits, &mut notes).await;
    Hunted { outcome, notes, done: legs.done(), took: start.elapsed() }
}

async fn hunt_through(scripts: Vec<Script>) -> Hunted {
    let carriers = scripts.len();
    hunt_with(FakeLegs::new(scripts), carriers, Notes::default()).await
}

fn started(numbers: &[usize]) -> Vec<Done> {
    numbers.iter().map(|number| Done::Started(format!("c{number}"))).collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_that_answers_has_the_call() {
    let hunted = hunt_through(vec![vec![at(100, progress(180, false)), at(3_000, answer())], vec![]]).await;
    assert_eq!((hunted.status(), hunted.done), (200, started(&[1])));
    assert_eq!(hunted.notes.progress[0], Progress::Sent { call_id: "call@c1".into() });
    assert!(matches!(hunted.notes.progress[1], Progress::Ringing { status: 180, early_media: false, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_moves_on_at_once() {
    for status in [302, 403, 404, 408, 480, 488, 500, 503, 606] {
        let hunted = hunt_through(vec![vec![at(10, refuse(status))], vec![at(10, answer())]]).await;
        assert_eq!((hunted.status(), &hunted.done), (200, &started(&[1, 2])), "{status}");
        assert_eq!(hunted.took, Duration::from_millis(20), "{status}");
        assert_eq!(hunted.notes.attempts[0].sip_status, Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn the_called_partys_own_word_ends_the_hunt() {
    for status in [486, 600, 603, 604, 607] {
        let hunted = hunt_through(vec![vec![at(10, refuse(status))], vec![at(10, answer())]]).await;
        assert_eq!((hunted.status(), hunted.done), (status, started(&[1])), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_given_up_after_the_grace_period() {
    let hunted = hunt_through(vec![vec![], vec![at(0, answer())]]).await;
    assert_eq!((hunted.status(), hunted.took), (200, Duration::from_secs(5)));
    assert_eq!(hunted.done[1], Done::Abandoned("c1".into()));
    assert_eq!(hunted.reasons()[0], "no SIP answer within the grace period");
}

#[tokio::test(start_paused = true)]
async fn a_carrier_that_says_100_has_the_progress_timeout_to_ring() {
    let hunted = hunt_through(vec![vec![at(10, LegEvent::Trying)], vec![at(0, answer())]]).await;
    assert_eq!(hunted.took, Duration::from_secs(8));
    assert_eq!(hunted.reasons()[0], "no ringing within the progress timeout");
    let slow = vec![at(10, LegEvent::Trying), at(7_000, progress(180, false)), at(10, answer())];
    assert_eq!(hunt_through(vec![slow, vec![]]).await.done, started(&[1]));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_cannot_be_dialled_is_recorded_and_takes_nobodys_turn() {
    let passed = |number: usize| {
        let reason = "media.encryption.enforce_security".into();
        Turn::Pass(Passed { resource_id: format!("r{number}"), name: "R".into(), server: "s".into(), reason })
    };
    let caller = Caller { from: "+1508".into(), name: None, host: None };
    let limits = Limits { ring: Duration::from_secs(60), attempts: 1 };
    let turns = [passed(1), passed(2), Turn::from(carrier(1)), passed(3)];
    let (legs, mut notes) = (FakeLegs::new(vec![vec![at(1, refuse(503))]]), Notes::default());
    let outcome = hunt(&*legs, &caller, &turns, limits, &mut notes).await;
    assert!(matches!(outcome, Outcome::Failed(Failure { status: 503, .. })), "what a carrier said tells more");
    assert_eq!(legs.done(), started(&[1]));
    let reasons: Vec<_> = notes.attempts.iter().map(|attempt| attempt.reason.as_deref().unwrap()).collect();
    let not_dialled = "not dialled: media.encryption.enforce_security";
    assert_eq!(reasons, [not_dialled, not_dialled, "Refused 503"]);
    let nobody = hunt(&*legs, &caller, &[passed(1)], limits, &mut notes).await;
    assert!(matches!(nobody, Outcome::Failed(Failure { status: 488, .. })));
}

#[tokio::test(start_paused = true)]
async fn early_media_that_is_ignored_rings_and_may_still_describe_the_answer() {
    let bare = LegEvent::Answered { status: 200, reason: "OK".into(), sdp: None };
    let legs = FakeLegs::new(vec![vec![at(1, progress(183, true)), at(9_000, bare)]]);
    let deaf = Candidate { ignore_early_media: true, ..carrier(1) };
    let caller = Caller { from: "+1508".into(), name: None, host: None };
    let limits = Limits { ring: Duration::from_secs(60), attempts: 1 };
    let mut notes = Notes::default();
    let outcome = hunt(&*legs, &caller, &[deaf.into()], limits, &mut notes).await;
    assert!(matches!(outcome, Outcome::Answered { status: 200, .. }));
    assert!(matches!(notes.progress[1], Progress::Ringing { status: 183, early_media: false, .. }));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_ringing_stops_the_grace_period_but_not_the_progress_timeout() {
    let hunted = hunt_through(vec![vec![at(10, progress(182, false))], vec![at(0, answer())]]).await;
    assert_eq!(hunted.took, Duration::from_secs(8));
    assert_eq!(hunted.reasons(), ["no ringing within the progress timeout", "OK"]);
}

#[tokio::test(start_paused = true)]
async fn ringing_is_waited_for_until_the_call_times_out() {
    let hunted = hunt_through(vec![vec![at(10, progress(180, false))], vec![at(0, answer())]]).await;
    assert_eq!((hunted.status(), hunted.took), (487, Duration::from_secs(60)));
    assert_eq!(hunted.done, [Done::Started("c1".into()), Done::Abandoned("c1".into())]);
}

#[tokio::test(start_paused = true)]
async fn early_media_counts_as_ringing_and_is_taken() {
    let hunted = hunt_through(vec![vec![at(10, progress(183, true)), at(30_000, answer())]]).await;
    assert_eq!(hunted.status(), 200);
    assert!(matches!(hunted.notes.progress[1], Progress::Ringing { early_media: true, .. }));
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_gateway_moves_on_at_once() {
    let unreachable = LegEvent::Unreachable { reason: "connection refused".into() };
    let hunted = hunt_through(vec![vec![at(1, unreachable)], vec![at(1, answer())]]).await;
    assert_eq!((hunted.status(), hunted.took), (200, Duration::from_millis(2)));
    assert_eq!(hunted.reasons(), ["connection refused", "OK"]);
}

#[tokio::test(start_paused = true)]
async fn when_nobody_answers_the_call_fails_with_what_tells_most() {
    let hunted = hunt_through(vec![vec![at(1, refuse(503))], vec![at(1, refuse(480))], vec![]]).await;
    assert_eq!(hunted.status(), 480);
    let nobody = hunt_through(vec![]).await;
    assert_eq!(nobody.status(), 404);
}

#[tokio::test(start_paused = true)]
async fn no_more_candidates_are_tried_than_allowed() {
    let hunted = hunt_through((0..9).map(|_| vec![at(1, refuse(503))]).collect()).await;
    assert_eq!((hunted.status(), hunted.done), (503, started(&[1, 2, 3, 4])));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_usable_media_is_hung_up_and_ends_the_hunt() {
    for sdp in [None, Some("v=0\r\n".to_owned())] {
        let deaf = LegEvent::Answered { status: 200, reason: "OK".into(), sdp };
        let hunted = hunt_through(vec![vec![at(1, deaf)], vec![at(1, answer())]]).await;
        assert_eq!(hunted.status(), 488);
        assert_eq!(hunted.done, [Done::Started("c1".into()), Done::HungUp("c1".into(), vec![])]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_rely_on_the_description_of_a_183() {
    let bare = LegEvent::Answered { status: 200, reason: "OK".into(), sdp: None };
    let hunted = hunt_through(vec![vec![at(1, progress(183, true)), at(1, bare)]]).await;
    assert_eq!(hunted.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_wanted_any_more_is_abandoned() {
    let notes = Notes { patience: Some(Duration::from_secs(2)), ..Notes::default() };
    let hunted = hunt_with(FakeLegs::new(vec![vec![at(10, progress(180, false))]]), 2, notes).await;
    assert!(matches!(hunted.outcome, Outcome::Unwanted));
    assert_eq!(hunted.done, [Done::Started("c1".into()), Done::Abandoned("c1".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_candidate_that_cannot_be_dialled_is_passed_over_and_an_overload_is_not() {
    let legs = FakeLegs::failing(LegError::Candidate("request_uri: no host".into()));
    let hunted = hunt_with(legs, 1, Notes::default()).await;
    assert_eq!((hunted.status(), hunted.reasons()), (500, vec!["request_uri: no host"]));
    let legs = FakeLegs::failing(LegError::Overloaded("all RTP ports are in use".into()));
    let hunted = hunt_with(legs, 2, Notes::default()).await;
    assert_eq!((hunted.status(), hunted.notes.attempts.len()), (503, 1));
}
