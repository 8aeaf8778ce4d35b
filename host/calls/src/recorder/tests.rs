use strowger_model::AccountId;
use strowger_model::call_record::CallDirection;
use strowger_store::MemoryStore;

use super::*;
use crate::stored::recent_key;

fn recorder() -> Arc<Recorder> {
    Recorder::new(NodeId::random(), &CallsConfig::default())
}

fn record() -> CallRecord {
    CallRecord::trying(AccountId::random(), CallDirection::Outbound, "a".into(), "b".into(), "c".into())
}

fn key_of(record: &CallRecord) -> Key {
    key(record.account_sid, record.call_sid)
}

#[tokio::test]
async fn the_newest_state_is_what_is_written() {
    let (recorder, store) = (recorder(), MemoryStore::new());
    let mut record = record();
    let begun = recorder.begin(&record);
    record.ringing(180, "Ringing", false);
    recorder.put(&record);
    assert_eq!(recorder.waiting.lock().len(), 1, "one entry a call");
    record.answered(record.attempted_at);
    let settled = recorder.settle(&record, true);
    tokio::spawn(Arc::clone(&recorder).run(store.clone(), CancellationToken::new()));
    begun.await.unwrap();
    settled.await.unwrap();
    let stored = store.get(&key_of(&record)).await.unwrap().unwrap();
    assert_eq!(stored.body["call_status"], "in-progress");
    assert_eq!(Stored::read(stored.body).unwrap(), Stored { record, node_id: Some(recorder.node) });
}

#[tokio::test]
async fn only_the_record_of_a_call_that_is_over_ends_by_itself() {
    let (recorder, store) = (recorder(), MemoryStore::new());
    let mut record = record();
    tokio::spawn(Arc::clone(&recorder).run(store.clone(), CancellationToken::new()));
    recorder.begin(&record).await.unwrap();
    assert_eq!(store.get(&key_of(&record)).await.unwrap().unwrap().expires, None);
    record.refused(strowger_model::call_record::CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    recorder.settle(&record, true).await.unwrap();
    assert!(store.get(&key_of(&record)).await.unwrap().unwrap().expires.is_some());
}

#[tokio::test]
async fn a_removal_takes_the_record_away() {
    let (recorder, store) = (recorder(), MemoryStore::new());
    let record = record();
    tokio::spawn(Arc::clone(&recorder).run(store.clone(), CancellationToken::new()));
    recorder.settle(&record, true).await.unwrap();
    recorder.settle(&record, false).await.unwrap();
    assert!(store.get(&key_of(&record)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_call_is_among_the_recent_ones_from_its_end_on_even_where_its_record_is_removed() {
    let (recorder, store) = (recorder(), MemoryStore::new());
    tokio::spawn(Arc::clone(&recorder).run(store.clone(), CancellationToken::new()));
    for keep in [true, false] {
        let mut record = record();
        let recent = recent_key(record.account_sid, record.call_sid);
        recorder.begin(&record).await.unwrap();
        assert!(store.get(&recent).await.unwrap().is_none());
        record.refused(strowger_model::call_record::CallStatus::Busy, 486, "Busy Here", record.attempted_at);
        recorder.settle(&record, keep).await.unwrap();
        let kept = store.get(&recent).await.unwrap().unwrap();
        assert_eq!(kept.body, serde_json::to_value(strowger_model::RecentCall::of(&record)).unwrap());
        assert!(kept.expires.is_some());
        assert_eq!(store.get(&key_of(&record)).await.unwrap().is_some(), keep);
    }
}

#[tokio::test]
async fn a_call_waits_in_no_queue_from_its_end_on() {
    let (recorder, store) = (recorder(), MemoryStore::new());
    tokio::spawn(Arc::clone(&recorder).run(store.clone(), CancellationToken::new()));
    let mut record = record();
    recorder.begin(&record).await.unwrap();
    let queues = strowger_rooms::Queues { store: &*store, account: record.account_sid };
    let queue = strowger_model::Queue::from_request(&serde_json::json!({"name": "sales"}), record.account_sid).unwrap();
    store.commit(vec![queues.making(&queue).await.unwrap()]).await.unwrap();
    store.commit(queues.joining("sales", record.call_sid, 1).await.unwrap()).await.unwrap();
    assert_eq!(queues.calls("sales").await.unwrap().len(), 1);
    record.refused(strowger_model::call_record::CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    recorder.settle(&record, true).await.unwrap();
    assert!(queues.calls("sales").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_waits_when_the_end_comes_is_still_written() {
    let (recorder, store, stop) = (recorder(), MemoryStore::new(), CancellationToken::new());
    let record = record();
    recorder.put(&record);
    stop.cancel();
    recorder.run(store.clone(), stop).await;
    assert!(store.get(&key_of(&record)).await.unwrap().is_some());
}
