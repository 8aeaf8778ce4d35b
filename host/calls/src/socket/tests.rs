use std::time::Duration;

use serde_json::{Map, json};
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, CallRecord};
use strowger_sandbox::hook::EventKind;

use super::*;
use crate::command::Update;
use crate::payload;
use crate::testing::{Application, FakeSockets};
use crate::verbs::Verb;

const URL: &str = "wss://app/ws";

struct Bench {
    session: Session,
    sockets: Arc<FakeSockets>,
    applications: mpsc::UnboundedReceiver<Application>,
    commands: mpsc::Receiver<Command>,
    record: CallRecord,
}

impl Bench {
    fn new() -> Self {
        let (sockets, applications) = FakeSockets::new();
        let (sender, commands) = mpsc::channel(4);
        let (account, outbound) = (AccountId::random(), CallDirection::Outbound);
        let record = CallRecord::trying(account, outbound, "a".into(), "b".into(), "c".into());
        Self { session: Session::new(sockets.clone(), Some(sender)), sockets, applications, commands, record }
    }

    fn tell(&self, kind: EventKind, hook: &Hook) -> tokio::task::JoinHandle<Answer> {
        let (session, hook) = (self.session.clone(), hook.clone());
        let told = payload::base(&self.record);
        let event = payload::event(kind, &self.record, told, String::new());
        tokio::spawn(async move { session.tell(&hook, &event).await })
    }

    /// A session that is begun.
    async fn begun() -> (Self, Application) {
        let mut bench = Self::new();
        let answer = bench.tell(EventKind::SessionNew, &hook());
        let mut application = bench.applications.recv().await.unwrap();
        let message = application.hears_of("session:new").await;
        application.acknowledges(&message, json!([]));
        assert_eq!(answer.await.unwrap(), Ok(Some(json!([]))));
        (bench, application)
    }

    async fn command(&mut self) -> Command {
        tokio::time::timeout(Duration::from_secs(60), self.commands.recv()).await.unwrap().unwrap()
    }
}

fn hook() -> Hook {
    Hook::parse("call_hook", &json!({"url": URL, "username": "u", "password": "p"})).unwrap()
}

fn path(path: &str) -> Hook {
    crate::hook::HookRef::parse("actionHook", &json!(path)).unwrap().resolve("actionHook", Some(&hook())).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_session_begins_with_the_call_and_goes_on_with_its_verbs() {
    let mut bench = Bench::new();
    let answer = bench.tell(EventKind::SessionNew, &hook());
    let mut application = bench.applications.recv().await.unwrap();
    assert_eq!((application.url.as_str(), application.authorization.as_deref()), (URL, Some("Basic dTpw")));
    let message = application.hears_of("session:new").await;
    assert_eq!((&message["call_sid"], &message["data"]["from"]), (&json!(bench.record.call_sid), &json!("a")));
    assert!(message.get("hook").is_none() && !bench.session.is_attached());
    application.acknowledges(&message, json!([{"verb": "answer"}]));
    assert_eq!(answer.await.unwrap(), Ok(Some(json!([{"verb": "answer"}]))));
    assert!(bench.session.is_attached());

    let answer = bench.tell(EventKind::VerbHook, &path("/choice"));
    let message = application.hears_of("verb:hook").await;
    assert_eq!(message["hook"], "/choice");
    application.says(&json!({"type": "ack", "msgid": message["msgid"]}));
    assert_eq!(answer.await.unwrap(), Ok(None));
    drop(bench.session);
    assert!(application.hears().await.is_null(), "the host says goodbye when the call is over");
}

#[tokio::test(start_paused = true)]
async fn states_from_before_the_session_follow_it_in_order() {
    let mut bench = Bench::new();
    for status in ["first", "second"] {
        bench.record.from = status.into();
        assert_eq!(bench.tell(EventKind::CallStatus, &hook()).await.unwrap(), Ok(None));
    }
    let answer = bench.tell(EventKind::SessionNew, &hook());
    let mut application = bench.applications.recv().await.unwrap();
    let message = application.hears_of("session:new").await;
    application.acknowledges(&message, json!(null));
    assert_eq!(answer.await.unwrap(), Ok(None));
    for status in ["first", "second"] {
        assert_eq!(application.hears_of("call:status").await["data"]["from"], status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_had_a_session_is_told_at_its_end() {
    let mut bench = Bench::new();
    bench.tell(EventKind::CallStatus, &hook()).await.unwrap().unwrap();
    let at = bench.record.attempted_at;
    bench.record.refused(strowger_model::call_record::CallStatus::Busy, 486, "Busy Here", at);
    bench.sockets.refuse(1);
    assert_eq!(bench.tell(EventKind::CallStatus, &hook()).await.unwrap().unwrap_err(), "websocket cannot be reached");
    bench.tell(EventKind::CallStatus, &hook()).await.unwrap().unwrap();
    let mut application = bench.applications.recv().await.unwrap();
    assert_eq!(application.hears_of("call:status").await["data"]["call_status"], "trying");
    assert_eq!(application.hears_of("call:status").await["data"]["call_status"], "busy");
}

#[tokio::test(start_paused = true)]
async fn commands_reach_the_call_and_what_is_wrong_with_them_the_application() {
    let (mut bench, mut application) = Bench::begun().await;
    let command = |command: &str, data: Value| json!({"type": "command", "command": command, "data": data});
    application.says(&command("redirect", json!([{"verb": "hangup"}])));
    let Command::Script { verbs, queue: false } = bench.command().await else { panic!("no script") };
    assert_eq!(verbs, [Verb::Hangup(Vec::new())]);
    application
        .says(&json!({"type": "command", "command": "redirect", "queueCommand": true, "data": [{"verb": "answer"}]}));
    assert!(matches!(bench.command().await, Command::Script { queue: true, .. }));
    application.says(&command("tag", json!({"a": 1})));
    let Command::Update(update, reply) = bench.command().await else { panic!("no update") };
    assert_eq!(update, Update::Tag(Map::from_iter([("a".to_owned(), json!(1))])));
    reply.send(Ok(None)).unwrap();
    application.says(&command("redirect", json!({"call_hook": "/other"})));
    let Command::Update(Update::Redirect { .. }, reply) = bench.command().await else { panic!("no redirect") };
    reply.send(Err(crate::UpdateError::HookFailed("no answer".into()))).unwrap();
    assert_eq!(application.hears_of("jambonz:error").await["data"]["error"], "call_hook failed: no answer");
    for (command, error) in [
        (command("dance", json!({})), "dance: unknown command"),
        (command("dtmf", json!({"digit": "x"})), "dtmf: invalid dtmf"),
        (command("redirect", json!([{"verb": "paws"}])), "redirect: invalid instruction: paws"),
        (
            json!({"type": "command", "command": "tag", "callSid": "other", "data": {}}),
            "tag: no call other in this session",
        ),
    ] {
        application.says(&command);
        assert_eq!(application.hears_of("jambonz:error").await["data"]["error"], error);
    }
    application.says(&json!(["nonsense"]));
    let error = application.hears_of("jambonz:error").await["data"]["error"].as_str().unwrap().to_owned();
    assert!(error.starts_with("message not understood"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_not_acknowledged_in_time_has_failed() {
    let (bench, mut application) = Bench::begun().await;
    let answer = bench.tell(EventKind::VerbHook, &path("/choice"));
    let message = application.hears_of("verb:hook").await;
    assert_eq!(answer.await.unwrap().unwrap_err(), "websocket did not acknowledge in time");
    // Too late, and of no effect.
    application.acknowledges(&message, json!([]));
    assert!(bench.session.is_attached());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_lost_is_opened_again() {
    let (mut bench, application) = Bench::begun().await;
    bench.sockets.refuse(4);
    application.closes(false);
    let mut application = bench.applications.recv().await.unwrap();
    let message = application.hears_of("session:reconnect").await;
    assert_eq!((&message["call_sid"], &message["data"]["from"]), (&json!(bench.record.call_sid), &json!("a")));
    assert!(bench.session.is_attached(), "the call has not noticed");
    application.acknowledges(&message, json!([{"verb": "answer"}]));
    assert!(matches!(bench.command().await, Command::Script { queue: false, .. }));
}

#[tokio::test(start_paused = true)]
async fn after_five_tries_or_a_goodbye_the_application_is_gone() {
    for gracefully in [true, false] {
        let (bench, application) = Bench::begun().await;
        bench.sockets.refuse(5);
        application.closes(gracefully);
        bench.session.detached().await;
        let failed = bench.tell(EventKind::VerbHook, &path("/choice")).await.unwrap();
        assert_eq!(failed.unwrap_err(), "websocket is closed");
    }
}

#[tokio::test(start_paused = true)]
async fn another_application_gets_a_connection_of_its_own() {
    let (mut bench, mut first) = Bench::begun().await;
    let other = Hook::parse("call_hook", &json!("wss://other/ws")).unwrap();
    let answer = bench.tell(EventKind::SessionRedirect, &other);
    let mut second = bench.applications.recv().await.unwrap();
    assert!(first.hears().await.is_null());
    let message = second.hears_of("session:redirect").await;
    assert_eq!(message["hook"], "wss://other/ws");
    second.acknowledges(&message, json!([]));
    answer.await.unwrap().unwrap();
    bench.session.leave().await;
    assert!(second.hears().await.is_null());
    assert!(!bench.session.is_attached());
}
