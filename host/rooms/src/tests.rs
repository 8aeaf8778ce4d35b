use std::sync::Arc;

use serde_json::json;
use strowger_model::call_record::{CallDirection, CallStatus};
use strowger_model::{AccountId, CallRecord, Conference, Participant, ParticipantAction, Queue, QueuedCall, Sid};
use strowger_store::{Expect, Key, Kind, MemoryStore, StoreExt};

use super::*;

struct World {
    store: Arc<MemoryStore>,
    account: AccountId,
}

impl World {
    fn new() -> Self {
        Self { store: MemoryStore::new(), account: AccountId::random() }
    }

    fn queues(&self) -> Queues<'_> {
        Queues { store: &*self.store, account: self.account }
    }

    fn conferences(&self) -> Conferences<'_> {
        Conferences { store: &*self.store, account: self.account }
    }

    async fn queue(&self, name: &str, size: u32) {
        let queue = Queue::from_request(&json!({"name": name, "max_size": size}), self.account).unwrap();
        self.store.commit(vec![self.queues().making(&queue).await.unwrap()]).await.unwrap();
    }

    /// A live call of the account.
    async fn call(&self) -> Sid {
        let record = self.record();
        self.put(&record).await;
        record.call_sid
    }

    fn record(&self) -> CallRecord {
        CallRecord::trying(self.account, CallDirection::Outbound, "+1".into(), "+2".into(), "c@h".into())
    }

    async fn put(&self, record: &CallRecord) {
        let key = Key::new(self.account, Kind::Call, record.call_sid.to_string());
        self.store.put(key, json!(record), Expect::Anything).await.unwrap();
    }

    async fn join(&self, queue: &str, call: Sid, priority: u16) -> Result<(), RoomError> {
        let writes = self.queues().joining(queue, call, priority).await?;
        self.store.commit(writes).await.map(drop).map_err(RoomError::from)
    }

    /// Takes the next call out, as often as somebody else was faster.
    async fn take(&self, queue: &str) -> Result<QueuedCall, RoomError> {
        loop {
            match self.queues().next(queue).await {
                Ok((next, leaving)) if self.store.commit(vec![leaving.clone()]).await.is_ok() => return Ok(next),
                Ok(_) => {}
                Err(RoomError::Missing) if !self.waiting(queue).await.is_empty() => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn waiting(&self, queue: &str) -> Vec<Sid> {
        self.queues().calls(queue).await.unwrap().iter().map(|call| call.call_sid).collect()
    }
}

#[tokio::test]
async fn calls_are_served_by_priority_and_then_as_they_came() {
    let world = World::new();
    world.queue("sales", 10).await;
    let calls = [world.call().await, world.call().await, world.call().await];
    for (call, priority) in calls.iter().zip([999, 5, 999]) {
        world.join("sales", *call, priority).await.unwrap();
    }
    let first = world.take("sales").await.unwrap();
    assert_eq!((first.call_sid, first.priority), (calls[1], 5));
    let write = world.queues().moving("sales", calls[2], 0).await.unwrap();
    world.store.commit(vec![write]).await.unwrap();
    assert_eq!(world.waiting("sales").await, [calls[2], calls[0]]);
    assert_eq!(world.queues().list(None).await.unwrap()[0].1, 2);
    let back = world.queues().returning(&first).await.unwrap();
    world.store.commit(back).await.unwrap();
    assert_eq!(world.waiting("sales").await, [calls[2], calls[1], calls[0]]);
}

#[tokio::test]
async fn nobody_gets_the_call_of_another() {
    let world = World::new();
    world.queue("sales", 10).await;
    for _ in 0..4 {
        world.join("sales", world.call().await, 999).await.unwrap();
    }
    let (a, b, c, d) = tokio::join!(world.take("sales"), world.take("sales"), world.take("sales"), world.take("sales"));
    let mut taken: Vec<Sid> = [a, b, c, d].into_iter().map(|call| call.unwrap().call_sid).collect();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 4);
    assert!(matches!(world.take("sales").await, Err(RoomError::Missing)));
}

#[tokio::test]
async fn only_live_calls_wait_and_in_one_queue_each() {
    let world = World::new();
    world.queue("sales", 1).await;
    world.queue("support", 10).await;
    let mut over = world.record();
    over.refused(CallStatus::Busy, 486, "Busy Here", over.attempted_at);
    world.put(&over).await;
    for gone in [over.call_sid, Sid::random()] {
        assert!(matches!(world.join("sales", gone, 1).await, Err(RoomError::NotLive(call)) if call == gone));
    }
    let call = world.call().await;
    world.join("sales", call, 1).await.unwrap();
    assert!(matches!(world.join("support", call, 1).await, Err(RoomError::Waiting(_))));
    assert!(matches!(world.join("sales", world.call().await, 1).await, Err(RoomError::Full { most: 1, .. })));
    assert!(matches!(world.join("nowhere", call, 1).await, Err(RoomError::Missing)));
}

#[tokio::test]
async fn a_call_that_ends_while_it_joins_does_not_wait() {
    let world = World::new();
    world.queue("sales", 10).await;
    let mut record = world.record();
    world.put(&record).await;
    let writes = world.queues().joining("sales", record.call_sid, 1).await.unwrap();
    record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    world.put(&record).await;
    world.store.commit(writes).await.unwrap_err();
    assert!(world.waiting("sales").await.is_empty());
}

#[tokio::test]
async fn a_call_leaves_wherever_it_is_by_its_end() {
    let world = World::new();
    world.queue("sales", 10).await;
    let call = world.call().await;
    world.join("sales", call, 1).await.unwrap();
    world.store.commit(leaving(world.account, call).to_vec()).await.unwrap();
    assert!(world.waiting("sales").await.is_empty());
}

#[tokio::test]
async fn queues_are_found_by_pattern_and_have_names_of_their_own() {
    let world = World::new();
    for name in ["sales-eu", "sales-us", "Support"] {
        world.queue(name, 10).await;
    }
    let names = async |search: Option<&str>| -> Vec<String> {
        world.queues().list(search).await.unwrap().into_iter().map(|(queue, _)| queue.name).collect()
    };
    assert_eq!(names(Some("sales-*")).await, ["sales-eu", "sales-us"]);
    assert_eq!(names(None).await.len(), 3);
    let again = Queue::from_request(&json!({"name": "Support"}), world.account).unwrap();
    let taken = world.queues().making(&again).await.unwrap_err();
    assert_eq!(taken.to_string(), "Duplicate entry 'Support' for key 'name'");
    let elsewhere = Queues { account: AccountId::random(), ..world.queues() };
    assert!(elsewhere.list(None).await.unwrap().is_empty());
    assert!(matches!(elsewhere.get("Support").await, Err(RoomError::Missing)));
}

#[tokio::test]
async fn a_queue_that_goes_leaves_its_calls() {
    let world = World::new();
    world.queue("sales", 10).await;
    let call = world.call().await;
    world.join("sales", call, 1).await.unwrap();
    let writes = world.queues().removing("sales").await.unwrap();
    world.store.commit(writes).await.unwrap();
    assert!(matches!(world.queues().calls("sales").await, Err(RoomError::Missing)));
    world.queue("sales", 10).await;
    assert!(world.waiting("sales").await.is_empty());
}

#[tokio::test]
async fn what_changes_who_hears_whom_is_refused_by_its_name() {
    let world = World::new();
    let conference = Conference::from_request(&json!({"name": "standup"}), world.account).unwrap();
    world.store.commit(vec![world.conferences().making(&conference).await.unwrap()]).await.unwrap();
    let participant = Participant::joining(world.account, "standup", world.call().await);
    let call = participant.call_sid;
    let key = Key::new(world.account, Kind::Participant, call.to_string());
    world.store.put(key, json!(participant), Expect::Absent).await.unwrap();
    let conferences = world.conferences();
    let refused = conferences.changing("standup", call, &ParticipantAction::Sound("mute")).await.unwrap_err();
    assert_eq!(refused.to_string(), "conference: 'mute' needs the mixing of media, which is not built");
    let tag = ParticipantAction::Tag(Some("agent".into()));
    assert!(matches!(conferences.changing("other", call, &tag).await, Err(RoomError::Missing)));
    let write = conferences.changing("standup", call, &tag).await.unwrap();
    world.store.commit(vec![write]).await.unwrap();
    assert_eq!(conferences.participants("standup").await.unwrap()[0].tag.as_deref(), Some("agent"));
    let write = conferences.leaving("standup", call).await.unwrap();
    world.store.commit(vec![write]).await.unwrap();
    assert!(conferences.participants("standup").await.unwrap().is_empty());
    assert_eq!(conferences.names().await.unwrap(), ["standup"]);
    let writes = conferences.removing("standup").await.unwrap();
    world.store.commit(writes).await.unwrap();
    assert!(conferences.names().await.unwrap().is_empty());
}
