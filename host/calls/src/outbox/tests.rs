use serde_json::json;
use strowger_model::Sid;
use strowger_model::call_record::{CallDirection, CallStatus};
use strowger_store::MemoryStore;

use super::*;
use crate::testing::{FakeHooks, FakeSockets};

const URL: &str = "http://app/status";
const DAY: Duration = Duration::from_secs(86_400);

struct Bench {
    account: AccountId,
    hooks: Arc<FakeHooks>,
    asker: Asker,
    store: Arc<MemoryStore>,
    outbox: Arc<Outbox>,
    now: i64,
}

impl Bench {
    async fn new() -> Self {
        let (hooks, store) = (FakeHooks::new(), MemoryStore::new());
        let mut owner = Account::from_request(&json!({"name": "Tenant"}), Sid::random()).unwrap();
        owner.webhook_secret = Secret::new("wh_secret_1");
        let account = owner.account_sid;
        let key = Key::new(Owner::System, Kind::Account, account.hex());
        store.put(key, json!(owner), Expect::Absent).await.unwrap();
        let (alerts, _) = crate::alerts::Alerts::new(store.clone(), DAY, CancellationToken::new());
        let (asker, outbox) = (
            Asker::new(hooks.clone(), FakeSockets::new().0, alerts, Duration::from_secs(10)),
            Outbox::new(store.clone(), DAY),
        );
        Self { account, hooks, asker, store, outbox, now: strowger_model::time::unix_now() }
    }

    async fn keep(&self, from: &str) {
        let mut record = CallRecord::trying(self.account, CallDirection::Outbound, from.into(), "b".into(), "c".into());
        record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
        let hook = Hook::parse("call_status_hook", &json!({"url": URL, "username": "u", "password": "p"})).unwrap();
        let event = Parked::new(record, hook, json!({"from": from, "sequence": 4}).to_string());
        self.outbox.keep(&event, Duration::ZERO).await.unwrap();
    }

    async fn look(&self, after: i64) {
        self.outbox.tell_due(&self.asker, self.now + after).await.unwrap();
    }

    async fn kept(&self) -> usize {
        self.store.collect(Scan::of(Owner::System, Kind::StatusEvent)).await.unwrap().len()
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_told_in_its_own_words_until_it_is_taken() {
    let bench = Bench::new().await;
    bench.keep("a").await;
    bench.hooks.fail(URL, "connection refused");
    bench.look(0).await;
    bench.look(FIRST - 1).await;
    assert_eq!(bench.hooks.asked().len(), 1, "it rests");
    bench.look(FIRST + 1).await;
    let asked = bench.hooks.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].payload, json!({"from": "a", "sequence": 4}));
    assert_eq!((&asked[1].hook["password"], &asked[1].hook["secret"]), (&json!("p"), &json!("wh_secret_1")));
    assert_eq!(bench.kept().await, 0);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_to_minutes_and_the_end_comes_with_the_retention() {
    let bench = Bench::new().await;
    bench.keep("a").await;
    let mut at = Vec::new();
    for second in 0..2_000 {
        bench.hooks.fail(URL, "connection refused");
        let before = bench.hooks.asked().len();
        bench.look(second).await;
        if bench.hooks.asked().len() > before {
            at.push(second);
        }
    }
    assert_eq!(at, [0, 5, 15, 35, 75, 155, 315, 615, 915, 1215, 1515, 1815]);
    bench.look(86_401).await;
    assert_eq!((bench.kept().await, bench.hooks.asked().len()), (0, at.len()));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_away_is_asked_once_for_all_its_events() {
    let bench = Bench::new().await;
    for from in ["a", "b", "c"] {
        bench.keep(from).await;
    }
    bench.hooks.fail(URL, "connection refused");
    bench.look(0).await;
    assert_eq!((bench.hooks.asked().len(), bench.kept().await), (1, 3));
    bench.look(FIRST).await;
    assert_eq!((bench.hooks.asked().len(), bench.kept().await), (4, 0));
}

#[tokio::test(start_paused = true)]
async fn two_nodes_do_not_tell_the_same_event() {
    let bench = Bench::new().await;
    bench.keep("a").await;
    let other = Outbox::new(bench.store.clone(), DAY);
    let (one, two) =
        tokio::join!(bench.outbox.tell_due(&bench.asker, bench.now), other.tell_due(&bench.asker, bench.now));
    one.and(two).unwrap();
    assert_eq!((bench.hooks.asked().len(), bench.kept().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_of_an_account_that_is_gone() {
    let bench = Bench::new().await;
    bench.keep("a").await;
    bench.store.delete(Key::new(Owner::System, Kind::Account, bench.account.hex()), Expect::Present).await.unwrap();
    bench.look(0).await;
    assert_eq!((bench.hooks.asked().len(), bench.kept().await), (0, 0));
}
