use bytes::Bytes;
use strowger_store::{Store, StoreExt};

use super::*;
use crate::testing::World;
use crate::{State, find};

fn erasing(second_look: Duration) -> std::sync::Arc<EraseAccount> {
    std::sync::Arc::new(EraseAccount { second_look })
}

async fn put(world: &World, owner: Owner, kind: Kind, id: &str, body: Value) {
    world.store.put(Key::new(owner, kind, id), body, Expect::Absent).await.unwrap();
}

async fn left(world: &World, owner: Owner) -> usize {
    let mut left = 0;
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Job) {
        left += world.store.all(owner, kind).await.unwrap().len();
    }
    left
}

#[tokio::test(start_paused = true)]
async fn nothing_of_an_account_stays_and_nothing_else_goes() {
    let world = World::new();
    let (account, other) = (Owner::Account(world.account), Owner::Account(AccountId::random()));
    for owner in [account, other] {
        for kind in [Kind::Resource, Kind::User, Kind::PhoneNumber, Kind::Call, Kind::Setting] {
            put(&world, owner, kind, "x", json!({})).await;
        }
    }
    for n in 0..450 {
        put(&world, account, Kind::SelectorRow, &format!("{n:03}"), json!({})).await;
    }
    put(&world, account, Kind::Application, "app", json!({})).await;
    put(&world, Owner::System, Kind::Index, "application:app", json!({"to": world.account.hex()})).await;
    put(&world, account, Kind::PhoneNumber, "+1", json!({})).await;
    put(&world, Owner::System, Kind::Index, "phone_number:+1", json!({"to": "another"})).await;
    put(&world, Owner::System, Kind::Index, "application:else", json!({"to": "else"})).await;
    let upload = Upload { owner: account, id: "u1".into() };
    world.store.put_chunk(&upload, 0, Bytes::from_static(b"RIFF")).await.unwrap();
    let blob = Blob { upload: "u1".into(), size: 4, digest: "00".into() };
    let key = Key::new(account, Kind::Blob, "prompt");
    let writes = vec![Write::put(key, json!(blob), Expect::Absent)];
    world.store.apply(Batch { keep: vec![upload.clone()], ..Batch::of(writes) }).await.unwrap();

    let process = world.process(world.store.clone(), erasing(Duration::ZERO)).await;
    let id = world.queue(&EraseAccount::job(world.account)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.progress.done), (State::Done, 458));
    assert_eq!((left(&world, account).await, left(&world, other).await), (0, 5));
    assert!(world.store.chunk(&upload, 0).await.unwrap().is_none());
    let entries = world.store.all(Owner::System, Kind::Index).await.unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry.key.id.as_str()).collect::<Vec<_>>(),
        ["application:else", "phone_number:+1"]
    );
    process.runner.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_written_meanwhile_goes_with_the_second_look() {
    let world = World::new();
    let _process = world.process(world.store.clone(), erasing(Duration::from_millis(200))).await;
    let id = world.queue(&EraseAccount::job(world.account)).await;
    while find(&*world.store, id).await.unwrap().unwrap().not_before.is_none() {
        tokio::task::yield_now().await;
    }
    put(&world, Owner::Account(world.account), Kind::Resource, "late", json!({})).await;
    assert_eq!(world.until_over(id).await.state, State::Done);
    assert_eq!(left(&world, Owner::Account(world.account)).await, 0);
}
