use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use strowger_model::Owner;

use super::listener::{Listener, PATIENCE};
use super::{account, body, conflict_on, numbered};
use crate::{Expect, Key, Kind, Listing, Scan, Store, StoreExt, Write};

pub(super) const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(600);

fn key(owner: Owner, id: &str) -> Key {
    Key::new(owner, Kind::Application, id)
}

fn write(key: &Key, lifetime: Duration) -> Write {
    Write::put(key.clone(), json!({"name": key.id, "pvt_created": 1}), Expect::Anything).expires_in(lifetime)
}

/// Waits until what was given a short life is over.
pub(super) async fn outlive() {
    tokio::time::sleep(SHORT * 2).await;
}

pub(super) async fn an_expired_document_does_not_exist(store: &Arc<dyn Store>) {
    let owner = account();
    let (short, long, plain) = (key(owner, "short"), key(owner, "long"), key(owner, "plain"));
    let plainly = Write::put(plain.clone(), numbered(1), Expect::Absent);
    let revisions = store.commit(vec![write(&short, SHORT), write(&long, LONG), plainly]).await.unwrap();
    outlive().await;
    assert_eq!(store.get(&short).await.unwrap(), None);
    assert!(body(store, &long).await.is_some());
    let left = store.all(owner, Kind::Application).await.unwrap();
    assert_eq!(left.iter().map(|document| document.key.id.as_str()).collect::<Vec<_>>(), ["long", "plain"]);
    let listed = store.collect(Scan::of(owner, Kind::Application).by(Listing::Name)).await.unwrap();
    assert_eq!(listed.into_iter().map(|document| document.key).collect::<Vec<_>>(), [long]);
    conflict_on(store.put(short.clone(), numbered(1), Expect::Present).await, &short);
    let stale = Expect::Revision(revisions[0].clone().unwrap());
    conflict_on(store.put(short.clone(), numbered(1), stale.clone()).await, &short);
    conflict_on(store.delete(short.clone(), stale).await, &short);
    store.delete(short.clone(), Expect::Anything).await.unwrap();
    let revision = store.put(short.clone(), numbered(1), Expect::Absent).await.unwrap();
    assert!(revision.0.starts_with("1-"), "{revision}");
    outlive().await;
    assert_eq!(body(store, &short).await, Some(numbered(1)), "the end of the one before is not its own");
}

pub(super) async fn a_document_says_when_it_ends(store: &Arc<dyn Store>) {
    let owner = account();
    let (ends, stays) = (key(owner, "ends"), key(owner, "stays"));
    let end = SystemTime::UNIX_EPOCH + Duration::from_millis(4_102_444_800_123);
    let write = Write { expires: Some(end), ..write(&ends, LONG) };
    store.commit(vec![write, Write::put(stays.clone(), numbered(1), Expect::Absent)]).await.unwrap();
    assert_eq!(store.get(&ends).await.unwrap().unwrap().expires, Some(end));
    assert_eq!(store.get(&stays).await.unwrap().unwrap().expires, None);
    let page = store.all(owner, Kind::Application).await.unwrap();
    assert_eq!(page.into_iter().map(|document| document.expires).collect::<Vec<_>>(), [Some(end), None]);
}

pub(super) async fn writing_again_sets_another_end(store: &Arc<dyn Store>) {
    let owner = account();
    let (longer, forever) = (key(owner, "longer"), key(owner, "forever"));
    store.commit(vec![write(&longer, SHORT), write(&forever, SHORT)]).await.unwrap();
    let forever_now = Write { expires: None, ..write(&forever, LONG) };
    store.commit(vec![write(&longer, LONG), forever_now]).await.unwrap();
    outlive().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(body(store, &longer).await.is_some());
    assert!(body(store, &forever).await.is_some());
    store.commit(vec![write(&longer, SHORT)]).await.unwrap();
    outlive().await;
    assert!(body(store, &longer).await.is_none());
}

pub(super) async fn the_end_of_a_document_is_told(store: &Arc<dyn Store>) {
    let key = key(account(), "r1");
    let mut feed = Listener::to(&**store, key.owner);
    store.commit(vec![write(&key, SHORT)]).await.unwrap();
    let made = feed.change().await;
    let end = async {
        loop {
            // A store may look for what is over only when it is asked something.
            assert!(store.get(&key).await.is_ok());
            if let Ok(told) = tokio::time::timeout(Duration::from_millis(20), feed.change()).await {
                return told;
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, end).await.unwrap();
    assert_eq!((told.key, told.revision, told.sequence), (key, None, made.sequence + 1));
}
