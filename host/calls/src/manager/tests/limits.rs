//! As many calls at once as an account and its service provider may have.

use strowger_model::{Account, Limits, Owner, Sid};

use super::nodes::{Installation, pause, talking};
use super::*;
use crate::limits::{LimitReached, account_limits_key, provider_limits_key};

/// Writes the account of the service provider.
async fn account(world: &World, provider: Sid) -> AccountId {
    let mut account = Account::from_request(&json!({"name": "Acme"}), provider).unwrap();
    account.account_sid = AccountId::random();
    let key = Key::new(Owner::System, Kind::Account, account.account_sid.hex());
    world.store.put(key, serde_json::to_value(&account).unwrap(), Expect::Absent).await.unwrap();
    account.account_sid
}

async fn limit(world: &World, key: Key, calls: u32) {
    let mut limits = Limits::default();
    limits.set(&json!({"category": "voice_call_session", "quantity": calls})).unwrap();
    world.store.put(key, serde_json::to_value(&limits).unwrap(), Expect::Anything).await.unwrap();
}

async fn talkative(calls: usize) -> World {
    let scripts = vec![vec![at(10, answer())]; calls];
    let world = World::build(FakeLegs::new(scripts), FakeRoutes(Ok(1)), CallsConfig::default()).await;
    pause(&world);
    world
}

async fn refused(world: &World) -> LimitReached {
    let error = world.create(json!({})).await.unwrap_err();
    assert_eq!(error.status(), 429);
    match error {
        CreateError::Limit(limit) => limit,
        other => panic!("{other}"),
    }
}

async fn hang_up(world: &World, sid: Sid) {
    let _ = world.update(sid, json!({"call_status": "completed"})).await.unwrap();
    world.until(sid, CallStatus::Completed).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_has_no_more_calls_at_once_than_its_limit() {
    let mut world = talkative(3).await;
    world.account = account(&world, Sid::random()).await;
    limit(&world, account_limits_key(world.account), 1).await;
    let first = talking(&world).await;
    assert_eq!(refused(&world).await, LimitReached::OfAccount);
    hang_up(&world, first).await;
    let _ = talking(&world).await;
    limit(&world, account_limits_key(world.account), 0).await;
    let _ = talking(&world).await;
    world.calls.shutdown(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn the_accounts_of_a_service_provider_share_its_limit() {
    let mut world = talkative(3).await;
    let provider = Sid::random();
    limit(&world, provider_limits_key(provider), 1).await;
    let (one, other, stranger) =
        (account(&world, provider).await, account(&world, provider).await, account(&world, Sid::random()).await);
    world.account = one;
    let first = talking(&world).await;
    world.account = other;
    assert_eq!(refused(&world).await, LimitReached::OfProvider);
    world.account = stranger;
    let _ = talking(&world).await;
    world.account = one;
    hang_up(&world, first).await;
    world.account = other;
    let _ = talking(&world).await;
    world.calls.shutdown(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_other_nodes_have_count() {
    let installation = Installation::new();
    let (mut a, mut b) = (installation.process().await, installation.process().await);
    let provider = Sid::random();
    a.account = account(&a, provider).await;
    b.account = a.account;
    limit(&a, account_limits_key(a.account), 2).await;
    let first = talking(&a).await;
    let _ = talking(&b).await;
    installation.pass(2).await;
    assert_eq!(refused(&a).await, LimitReached::OfAccount);
    assert_eq!(refused(&b).await, LimitReached::OfAccount);
    limit(&a, account_limits_key(a.account), 0).await;
    limit(&a, provider_limits_key(provider), 2).await;
    assert_eq!(refused(&b).await, LimitReached::OfProvider);
    hang_up(&a, first).await;
    installation.pass(2).await;
    let _ = talking(&b).await;
}
