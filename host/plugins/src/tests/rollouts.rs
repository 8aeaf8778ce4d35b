//! Versions that are tried.

use serde_json::Value;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind, Verb};

use super::*;

const ANY: fn(&strowger_store::Revision) -> bool = |_| true;

impl Fixture {
    async fn roll_out(&self, data: Value) -> Result<(), PluginsError> {
        let wanted = WantedRollout::read(data.as_object().unwrap()).map_err(PluginsError::Invalid)?;
        self.plugins.roll_out(self.account, "mine", &wanted, ANY, None).await
    }

    async fn state(&self) -> (RolloutState, Option<String>) {
        let (_, rollout, ..) = self.plugins.rollout(self.account, "mine").await.unwrap();
        (rollout.state, rollout.reason)
    }

    /// What a call's event is answered with: the kinds of its verbs.
    async fn answered(&self, call: &str, kind: EventKind, hook: &str) -> Vec<&'static str> {
        let account = self.account.account().unwrap();
        let verbs = self.plugins.on_event(account, "mine", &event(call, kind, hook)).await.unwrap();
        let name = |verb: &Verb| if matches!(verb, Verb::Tag(_)) { "tag" } else { "other" };
        verbs.iter().flatten().map(name).collect()
    }
}

fn event(call: &str, kind: EventKind, hook: &str) -> Event {
    let call = Call {
        call_sid: call.into(),
        account_sid: "account".into(),
        application_sid: None,
        call_id: "x".into(),
        direction: CallDirection::Inbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::InProgress,
        sip_status: 200,
        sip_reason: "OK".into(),
        duration: None,
        tag: None,
    };
    Event { kind, call, time: 0, payload: "{}".into(), hook: hook.into() }
}

/// Two versions of a selector, of which the first one is active.
async fn two() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "order").await;
    fixture.upload("mine", "2", "order").await;
    fixture
}

fn broken(error: PluginsError) -> (String, &'static str) {
    match error {
        PluginsError::Invalid(violations) => {
            violations.0.into_iter().next().map(|first| (first.path, first.constraint)).unwrap()
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn only_a_version_that_can_be_used_and_is_not_active_is_tried() {
    let fixture = two().await;
    for (version, rule) in [("1", "active"), ("3", "usable")] {
        let refused = fixture.roll_out(json!({"version": version, "mode": "canary"})).await.unwrap_err();
        assert_eq!(broken(refused), ("version".to_owned(), rule));
    }
    fixture.upload("mine", "3", "formatter").await;
    let refused = fixture.roll_out(json!({"version": "3", "mode": "canary"})).await.unwrap_err();
    assert_eq!(broken(refused), ("version".to_owned(), "usable"), "it was refused: it is of another kind");
}

#[tokio::test]
async fn a_version_that_is_tried_stays_until_that_is_over() {
    let fixture = two().await;
    fixture.roll_out(json!({"version": "2", "mode": "shadow"})).await.unwrap();
    let kept = fixture.plugins.remove_version(fixture.account, "mine", "2", None).await;
    assert!(
        matches!(kept, Err(PluginsError::Named(version, place)) if version == "mine@2" && place.contains("rollout"))
    );
    let (_, ended, _) = fixture.plugins.end_rollout(fixture.account, "mine", ANY, None).await.unwrap();
    assert_eq!(ended.state, RolloutState::Stopped);
    let none = fixture.plugins.rollout(fixture.account, "mine").await;
    assert!(matches!(none, Err(PluginsError::NoRollout(_))));
    fixture.plugins.remove_version(fixture.account, "mine", "2", None).await.unwrap();
}

#[tokio::test]
async fn a_version_that_becomes_active_is_tried_no_more() {
    let fixture = two().await;
    fixture.roll_out(json!({"version": "2", "mode": "canary"})).await.unwrap();
    assert!(fixture.plugins.running(fixture.account, "mine").await.unwrap().is_some());
    assert!(
        fixture.plugins.running(fixture.account, "mine@1").await.unwrap().is_none(),
        "a pinned version is what it is"
    );
    fixture.plugins.change(fixture.account, "mine", &activated("2"), None).await.unwrap();
    assert!(fixture.plugins.running(fixture.account, "mine").await.unwrap().is_none());
    assert!(matches!(fixture.plugins.rollout(fixture.account, "mine").await, Err(PluginsError::NoRollout(_))));
}

#[tokio::test]
async fn the_same_trial_goes_on_with_another_share_and_another_begins_anew() {
    let fixture = two().await;
    let id = async || fixture.plugins.rollout(fixture.account, "mine").await.unwrap().1.id;
    fixture.roll_out(json!({"version": "2", "mode": "canary", "percent": 1})).await.unwrap();
    let first = id().await;
    fixture.roll_out(json!({"version": "2", "mode": "canary", "percent": 50})).await.unwrap();
    assert_eq!(id().await, first);
    fixture.roll_out(json!({"version": "2", "mode": "shadow"})).await.unwrap();
    assert_ne!(id().await, first);
}

#[tokio::test]
async fn an_older_revision_is_not_written_over() {
    let fixture = two().await;
    let wanted = json!({"version": "2", "mode": "canary"});
    let wanted = WantedRollout::read(wanted.as_object().unwrap()).unwrap();
    let refused = fixture.plugins.roll_out(fixture.account, "mine", &wanted, |_| false, None).await;
    assert!(matches!(refused, Err(PluginsError::Precondition)));
}

/// Two versions of a call hook: the first one greets, the second one tags, or does what its hook says.
async fn two_hooks() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "greeter").await;
    fixture.sent(fixture.account, "mine", "2", strowger_hostile::CALL_HOOK).await.unwrap();
    let judged = fixture.plugins.judge(fixture.account, "mine", "2").await.unwrap();
    assert_eq!(judged, Some(Status::Accepted));
    let grants = json!({"http": {"hosts": ["*"]}, "kv": {"bytes": 1_000, "entries": 10}});
    let grants = Change { active: None, grants: Some(Grants::read(&grants).unwrap()) };
    fixture.plugins.change(fixture.account, "mine", &grants, None).await.unwrap();
    fixture
}

const TAGS: &str = r#"{"do": "count"}"#;

#[tokio::test]
async fn whichever_version_began_a_call_answers_all_of_its_events() {
    let fixture = two_hooks().await;
    let shadow = fixture.roll_out(json!({"version": "2", "mode": "shadow"})).await.unwrap_err();
    assert_eq!(broken(shadow), ("mode".to_owned(), "kind"));
    fixture.roll_out(json!({"version": "2", "mode": "canary", "percent": 100})).await.unwrap();
    assert_eq!(fixture.answered("begun", EventKind::SessionNew, TAGS).await, ["tag"]);
    assert_ne!(fixture.answered("older", EventKind::SessionRedirect, TAGS).await, ["tag"], "it began before");
    assert_eq!(fixture.answered("begun", EventKind::SessionRedirect, TAGS).await, ["tag"]);
    assert_ne!(fixture.answered("older", EventKind::SessionNew, TAGS).await, ["tag"]);
}

#[tokio::test]
async fn a_hook_that_fails_is_answered_by_the_active_version_and_given_up() {
    let fixture = two_hooks().await;
    let abort = json!({"errors": 2});
    fixture.roll_out(json!({"version": "2", "mode": "canary", "percent": 100, "abort": abort})).await.unwrap();
    for call in ["a", "b"] {
        let answered = fixture.answered(call, EventKind::SessionNew, r#"{"do": "loop"}"#).await;
        assert!(answered.len() > 1, "the first version greets: {answered:?}");
    }
    assert_ne!(fixture.answered("c", EventKind::SessionNew, TAGS).await, ["tag"], "this node asks it nothing more");
    fixture.plugins.save_rollouts().await;
    let (state, reason) = fixture.state().await;
    assert_eq!(state, RolloutState::RolledBack);
    assert!(reason.unwrap().contains("2 of its last 2 calls failed"));
    let lines = fixture.plugins.logs().read(
        fixture.account,
        "mine",
        Wanted { level: strowger_sandbox::LogLevel::Warn, since: 0, limit: 10 },
    );
    assert!(lines.iter().any(|line| line.version == "2" && line.message.contains("rolled back")), "{lines:?}");
}
