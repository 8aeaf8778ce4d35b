//! The store is away for a while.

use strowger_store::SwitchedStore;

use super::nodes::{Installation, pause, talking};
use super::*;

#[tokio::test(start_paused = true)]
async fn running_calls_go_on_and_nothing_of_them_is_lost() {
    let installation = Installation::new();
    let way = SwitchedStore::new(installation.store.clone());
    let world = installation.process_on(way.clone()).await;
    let (ended, live) = (talking(&world).await, talking(&world).await);
    way.set_away(true);
    assert_eq!(world.update(ended, json!({"call_status": "completed"})).await.unwrap(), Updated::Done);
    assert_eq!(world.update(live, json!({"tag": {"while": "away"}})).await.unwrap(), Updated::Done);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(world.record(ended).await.call_status, CallStatus::Completed, "what is in memory is read");
    assert_eq!(world.calls.live(), 2, "a call has its seat until its record is durable");
    way.set_away(false);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(world.calls.live(), 1);
    let stored = world.calls.get(world.account, ended).await.unwrap().unwrap();
    assert_eq!((stored.call_status, stored.duration), (CallStatus::Completed, Some(0)));
    let key = Key::new(world.account, Kind::Call, live.to_string());
    assert_eq!(world.store.get(&key).await.unwrap().unwrap().body["customerData"]["while"], "away");
}

#[tokio::test(start_paused = true)]
async fn no_call_is_placed_without_the_store() {
    let installation = Installation::new();
    let way = SwitchedStore::new(installation.store.clone());
    let world = installation.process_on(way.clone()).await;
    way.set_away(true);
    let refused = world.create(json!({})).await.unwrap_err();
    assert!(matches!(refused, CreateError::Store(_)) && refused.status() == 503);
    assert!(world.legs.done().is_empty(), "no INVITE was sent");
    way.set_away(false);
    talking(&world).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_record_cannot_be_written_is_not_placed() {
    let installation = Installation::new();
    let way = SwitchedStore::new(installation.store.clone());
    let world = installation.process_on(way.clone()).await;
    // The store goes after the account was looked up.
    let (refused, ()) = tokio::join!(world.create(json!({})), async { way.set_away(true) });
    assert_eq!(refused.unwrap_err().status(), 503);
    assert!(world.legs.done().is_empty(), "no INVITE was sent");
    way.set_away(false);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let calls = world.calls.page(world.account, &CallFilter::default(), 0, 10).await.unwrap().calls;
    assert_eq!(calls.iter().map(|call| call.call_status).collect::<Vec<_>>(), [CallStatus::Failed]);
}

#[tokio::test(start_paused = true)]
async fn where_the_store_stays_away_the_places_run_out_instead_of_the_memory() {
    let store = MemoryStore::new();
    let way = SwitchedStore::new(store.clone());
    let config = CallsConfig { max_live: 1, ..CallsConfig::default() };
    let legs = FakeLegs::new(vec![vec![at(10, answer())]; 2]);
    let world = World::on(way.clone(), store, legs, FakeRoutes(Ok(1)), config).await;
    pause(&world);
    let sid = talking(&world).await;
    way.set_away(true);
    world.legs.far_hangs_up().await;
    world.until(sid, CallStatus::Completed).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(matches!(world.create(json!({})).await, Err(CreateError::AtCapacity)));
    way.set_away(false);
    tokio::time::sleep(Duration::from_secs(10)).await;
    talking(&world).await;
}
