//! Several processes on one store.

use strowger_store::{Clock, SwitchedStore};

use super::*;

/// The store of an installation, whose time goes with that of the test.
pub(super) struct Installation {
    pub(super) store: Arc<MemoryStore>,
    pub(super) account: AccountId,
    clock: Clock,
}

impl Installation {
    pub(super) fn new() -> Self {
        let clock = Clock::default();
        Self { store: MemoryStore::shared_with_clock(clock.clone()), account: AccountId::random(), clock }
    }

    /// A process whose carriers answer.
    pub(super) async fn process(&self) -> World {
        self.process_on(self.store.clone()).await
    }

    pub(super) async fn process_on(&self, way: Arc<dyn Store>) -> World {
        let legs = FakeLegs::new(vec![vec![at(10, answer())]; 8]);
        let mut world = World::on(way, self.store.clone(), legs, FakeRoutes(Ok(1)), CallsConfig::default()).await;
        world.account = self.account;
        pause(&world);
        world.nodes.attend().await.unwrap();
        world
    }

    /// Lets seconds pass.
    pub(super) async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Has the application of every call wait.
pub(super) fn pause(world: &World) {
    (0..8).for_each(|_| world.hooks.answer(CALL_HOOK, json!([{"verb": "pause", "length": 1000}])));
}

/// An answered call of that process.
pub(super) async fn talking(world: &World) -> Sid {
    let sid = world.place(json!({})).await;
    world.until(sid, CallStatus::InProgress).await;
    sid
}

async fn listed(world: &World, skip: usize, limit: usize) -> (Vec<Sid>, bool) {
    let page = world.calls.page(world.account, &CallFilter::default(), skip, limit).await.unwrap();
    (page.calls.into_iter().map(|call| call.call_sid).collect(), page.more)
}

fn sorted(mut calls: Vec<Sid>) -> Vec<Sid> {
    calls.sort();
    calls
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_all_nodes_are_listed_by_each_page_by_page() {
    let installation = Installation::new();
    let (a, b) = (installation.process().await, installation.process().await);
    let mut calls = Vec::new();
    for world in [&a, &b, &a, &b, &a] {
        calls.push(talking(world).await);
    }
    installation.pass(1).await;
    for world in [&a, &b] {
        let (all, more) = listed(world, 0, 10).await;
        assert_eq!((sorted(all.clone()), more), (sorted(calls.clone()), false));
        let pages = [listed(world, 0, 2).await, listed(world, 2, 2).await, listed(world, 4, 2).await];
        assert_eq!(pages.each_ref().map(|(_, more)| *more), [true, true, false]);
        assert_eq!(pages.map(|(calls, _)| calls).concat(), all);
        for sid in &calls {
            assert_eq!(world.record(*sid).await.call_status, CallStatus::InProgress);
        }
    }
    let live = CallFilter { status: Some(CallStatus::InProgress), ..CallFilter::default() };
    assert_eq!(b.calls.page(b.account, &live, 0, 10).await.unwrap().calls.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_update_reaches_a_call_on_another_node() {
    let installation = Installation::new();
    let (a, b) = (installation.process().await, installation.process().await);
    let sid = talking(&a).await;
    let refused = b.update(sid, json!({"call_status": "no-answer"})).await.unwrap_err();
    assert_eq!(refused.to_string(), UpdateError::Incompatible(sid).to_string());
    assert_eq!(b.update(sid, json!({"tag": {"seen": "by b"}})).await.unwrap(), Updated::Done);
    assert_eq!(a.record(sid).await.tag.unwrap()["seen"], "by b");
    a.hooks.answer("http://app/next", json!([{"verb": "pause", "length": 5}]));
    assert_eq!(b.update(sid, json!({"call_hook": {"url": "/next"}})).await.unwrap(), Updated::Done);
    assert!(a.hooks.asked().iter().any(|asked| asked.kind == EventKind::SessionRedirect));
    assert_eq!(b.update(sid, json!({"call_status": "completed"})).await.unwrap(), Updated::Done);
    assert!(a.hung_up("c1"));
    b.until(sid, CallStatus::Completed).await;
    let over = b.update(sid, json!({"call_status": "completed"})).await.unwrap_err();
    assert!(matches!(over, UpdateError::Gone(gone) if gone == sid));
    let unknown = b.update(Sid::random(), json!({"call_status": "completed"})).await.unwrap_err();
    assert!(matches!(unknown, UpdateError::NotFound));
}

#[tokio::test(start_paused = true)]
async fn an_update_that_takes_long_on_another_node_is_under_way() {
    let installation = Installation::new();
    let (a, b) = (installation.process().await, installation.process().await);
    let sid = talking(&a).await;
    a.hooks.answer_after("http://app/slow", Duration::from_secs(10), Ok(json!([])));
    assert_eq!(b.update(sid, json!({"call_hook": "http://app/slow"})).await.unwrap(), Updated::UnderWay);
}

#[tokio::test(start_paused = true)]
async fn a_call_on_another_node_is_hung_up_and_removed() {
    let installation = Installation::new();
    let (a, b) = (installation.process().await, installation.process().await);
    let sid = talking(&a).await;
    assert_eq!(b.calls.delete(b.account, sid).await.unwrap(), Updated::Done);
    assert!(a.hung_up("c1"));
    for world in [&a, &b] {
        assert!(world.calls.get(world.account, sid).await.unwrap().is_none());
    }
    assert!(matches!(b.calls.delete(b.account, sid).await, Err(UpdateError::NotFound)));
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_node_that_dies_are_marked_as_ended() {
    let installation = Installation::new();
    let (a, b) = (installation.process().await, installation.process().await);
    let (lost, removed, kept) = (talking(&a).await, talking(&a).await, talking(&b).await);
    drop(a);
    let unanswered = b.update(lost, json!({"call_status": "completed"})).await.unwrap_err();
    assert_eq!((unanswered.status(), b.record(lost).await.call_status), (503, CallStatus::InProgress));
    installation.pass(5).await;
    assert_eq!(b.calls.delete(b.account, removed).await.unwrap(), Updated::Done, "as if it had been marked already");
    installation.pass(2).await;
    let record = b.record(lost).await;
    assert_eq!((record.call_status, record.sip_status), (CallStatus::Failed, 500));
    assert_eq!(record.termination_reason.as_deref(), Some("the node that had the call was lost"));
    assert!(matches!(b.update(lost, json!({"call_status": "completed"})).await, Err(UpdateError::Gone(_))));
    assert_eq!(sorted(listed(&b, 0, 10).await.0), sorted(vec![lost, kept]));
    assert_eq!(b.record(kept).await.call_status, CallStatus::InProgress);
    installation.clock.advance(CallsConfig::default().retention);
    assert_eq!(listed(&b, 0, 10).await.0, [kept], "its record ends as that of any other finished call");
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_node_that_was_only_away_are_live_again() {
    let installation = Installation::new();
    let way = SwitchedStore::new(installation.store.clone());
    let (a, b) = (installation.process_on(way.clone()).await, installation.process().await);
    let (sid, ending) = (talking(&a).await, talking(&a).await);
    way.set_away(true);
    installation.pass(8).await;
    assert_eq!(b.record(sid).await.call_status, CallStatus::Failed);
    assert_eq!(a.record(sid).await.call_status, CallStatus::InProgress, "it goes on");
    assert_eq!(a.update(ending, json!({"call_status": "completed"})).await.unwrap(), Updated::Done);
    way.set_away(false);
    installation.pass(7).await;
    assert_eq!(b.record(sid).await.call_status, CallStatus::InProgress);
    assert_eq!(b.record(ending).await.call_status, CallStatus::Completed);
    assert_eq!(b.update(sid, json!({"call_status": "completed"})).await.unwrap(), Updated::Done);
}

#[tokio::test(start_paused = true)]
async fn calls_that_an_earlier_process_had_are_marked_as_ended_at_the_start() {
    let store = MemoryStore::new();
    let start = async || {
        let legs = FakeLegs::new(vec![vec![at(10, answer())]]);
        let world = World::on(store.clone(), store.clone(), legs, FakeRoutes(Ok(1)), CallsConfig::default()).await;
        pause(&world);
        world
    };
    let earlier = start().await;
    let (sid, account) = (talking(&earlier).await, earlier.account);
    drop(earlier);
    let later = start().await;
    later.nodes.attend().await.unwrap();
    let record = later.calls.get(account, sid).await.unwrap().unwrap();
    assert_eq!(record.call_status, CallStatus::Failed);
}
