use std::sync::Arc;

use strowger_model::call_record::{CallDirection, CallStatus};
use tokio::sync::Semaphore;

use super::*;
use crate::testing::FakeHooks;

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
}

impl Bench {
    fn new() -> Self {
        let (hooks, places) = (FakeHooks::new(), Arc::new(Semaphore::new(1)));
        let place = places.clone().try_acquire_owned().unwrap();
        let asker = Asker::new(hooks.clone(), Duration::from_secs(10));
        let (notices, delivery) = Notices::new(AccountId::random(), None, asker, place);
        let hook = Hook::parse("call_status_hook", &json!(URL)).unwrap();
        Self { hooks, hook, notices, delivery: tokio::spawn(delivery), places }
    }

    fn tell(&mut self, record: &CallRecord) {
        self.notices.tell(Some(&self.hook), record, Map::new());
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
