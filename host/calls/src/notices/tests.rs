use std::sync::Arc;

use strowger_model::Owner;
use strowger_model::call_record::{CallDirection, CallStatus};
use strowger_store::{Kind, MemoryStore, Scan, StoreExt};
use tokio::sync::Semaphore;

use super::*;
use crate::testing::{FakeHooks, FakeSockets};

const URL: &str = "http://app/status";

fn call() -> CallRecord {
    CallRecord::trying(AccountId::random(), CallDirection::Outbound, "a".into(), "b".into(), "c".into())
}

struct Bench {
    hooks: Arc<FakeHooks>,
    hook: Hook,
    notices: Notices,
    delivery: tokio::task::JoinHandle<()>,
    places: Arc<Semaphore>,
    store: Arc<MemoryStore>,
}

impl Bench {
    fn new() -> Self {
        let (hooks, places) = (FakeHooks::new(), Arc::new(Semaphore::new(1)));
        let place = places.clone().try_acquire_owned().unwrap();
        let store = MemoryStore::new();
        let (alerts, _) = crate::alerts::Alerts::new(store.clone(), PROMPT, CancellationToken::new());
        let asker = Asker::new(hooks.clone(), FakeSockets::new().0, alerts, Duration::from_secs(10));
        let outbox = Outbox::new(store.clone(), Duration::from_secs(3_600));
        let (notices, delivery) =
            Notices::new(None, Courier { account: AccountId::random(), asker, outbox, _place: place });
        let hook = Hook::parse("call_status_hook", &json!(URL)).unwrap();
        Self { hooks, hook, notices, delivery: tokio::spawn(delivery), places, store }
    }

    fn tell(&mut self, record: &CallRecord) {
        self.notices.tell(Some(&self.hook), record, Map::new());
    }

    /// The final events that wait in the store.
    async fn kept(&self) -> usize {
        self.store.collect(Scan::of(Owner::System, Kind::StatusEvent)).await.unwrap().len()
    }

    async fn finish(self) -> Arc<FakeHooks> {
        drop(self.notices);
        self.delivery.await.unwrap();
        assert_eq!(self.places.available_permits(), 1);
        self.hooks
    }
}

#[tokio::test(start_paused = true)]
async fn events_arrive_in_order_though_the_first_is_slow_and_fails() {
    let (mut bench, mut record) = (Bench::new(), call());
    bench.hooks.answer_after(URL, Duration::from_secs(3), Err("500".into()));
    bench.tell(&record);
    record.ringing(180, "Ringing", false);
    bench.tell(&record);
    record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    bench.tell(&record);
    let hooks = bench.finish().await;
    assert_eq!(hooks.told(URL, "sequence"), [1, 1, 2, 3]);
    assert_eq!(hooks.told(URL, "call_status"), ["trying", "trying", "ringing", "busy"]);
    assert!(hooks.asked().iter().all(|asked| asked.kind == EventKind::CallStatus));
    assert!(hooks.told(URL, "timestamp").iter().all(|timestamp| timestamp.as_str().unwrap().ends_with("+0000")));
}

fn ended() -> CallRecord {
    let mut record = call();
    record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    record
}

#[tokio::test(start_paused = true)]
async fn a_final_event_that_is_taken_at_once_is_not_kept() {
    let mut bench = Bench::new();
    bench.tell(&ended());
    sleep(PROMPT * 2).await;
    assert_eq!(bench.kept().await, 0);
    assert_eq!(bench.finish().await.told(URL, "sequence"), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_final_event_is_kept_while_it_waits_and_forgotten_once_it_is_taken() {
    let mut bench = Bench::new();
    bench.hooks.answer_after(URL, PROMPT * 3, Err("500".into()));
    bench.tell(&ended());
    sleep(PROMPT * 2).await;
    assert_eq!(bench.kept().await, 1, "a crash now loses nothing");
    sleep(PROMPT * 3).await;
    assert_eq!(bench.kept().await, 0);
    assert_eq!(bench.finish().await.told(URL, "sequence"), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_final_event_behind_others_that_hang_is_left_to_the_store() {
    let mut bench = Bench::new();
    bench.hooks.answer_after(URL, Duration::from_secs(9), Err("hung".into()));
    bench.hooks.answer_after(URL, Duration::from_secs(9), Err("hung".into()));
    bench.hooks.answer_after(URL, Duration::from_secs(9), Err("hung".into()));
    bench.tell(&call());
    bench.tell(&ended());
    sleep(PROMPT + PATIENCE + PROMPT).await;
    assert_eq!((bench.kept().await, bench.places.available_permits()), (1, 1));
    assert_eq!(bench.finish().await.told(URL, "sequence"), [1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_tried_three_times_and_no_more() {
    let (mut bench, record) = (Bench::new(), call());
    for _ in 0..3 {
        bench.hooks.fail(URL, "connection refused");
    }
    bench.tell(&record);
    assert_eq!(bench.finish().await.told(URL, "sequence"), [1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_keeps_a_place_for_the_final_state() {
    let (mut bench, mut record) = (Bench::new(), call());
    for _ in 0..WAITING + 10 {
        bench.tell(&record);
    }
    record.completed(strowger_model::call_record::TerminatedBy::Caller, record.attempted_at);
    bench.tell(&record);
    let hooks = bench.finish().await;
    let sequence = hooks.told(URL, "sequence");
    assert_eq!(sequence.len(), WAITING);
    assert_eq!(sequence.last(), Some(&json!(WAITING + 11)), "the gap shows what was left out");
    assert_eq!(hooks.told(URL, "call_status").last(), Some(&json!("completed")));
}

#[tokio::test(start_paused = true)]
async fn without_a_hook_nobody_is_told() {
    let mut bench = Bench::new();
    bench.notices.tell(None, &call(), Map::new());
    assert!(bench.finish().await.asked().is_empty());
}
