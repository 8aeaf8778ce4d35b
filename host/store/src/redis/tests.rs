//! Against real servers, each test on its own.

mod cluster;
mod conforming;
mod crashes;
mod entry;
mod fail_over;
mod lost_answers;
mod proxy;
mod restarts;
mod several;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use strowger_model::{AccountId, Owner};
use tokio::time::{Instant, timeout};

use crate::{Changes, Expect, Key, Kind, Notice, RedisConfig, RedisStore, Revision, Store, StoreError, StoreExt};

/// How long anything may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

async fn open(url: &str) -> Arc<RedisStore> {
    RedisStore::open(RedisConfig::parse(url).unwrap()).await.unwrap()
}

fn account() -> Owner {
    AccountId::random().into()
}

fn key(owner: Owner, id: &str) -> Key {
    Key::new(owner, Kind::Resource, id)
}

async fn put(store: &RedisStore, key: &Key, n: u64) -> Result<Revision, StoreError> {
    store.put(key.clone(), json!({ "n": n }), Expect::Anything).await
}

async fn number(store: &RedisStore, key: &Key) -> Option<u64> {
    store.get(key).await.unwrap().and_then(|document| document.body["n"].as_u64())
}

/// Tries until Redis is there.
async fn persist<T>(what: impl AsyncFn() -> Result<T, StoreError>) -> T {
    let start = Instant::now();
    loop {
        match what().await {
            Ok(done) => return done,
            Err(StoreError::Unreachable(_) | StoreError::Overloaded) if start.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// The first notice that is wanted; others before it are passed over.
async fn heard(changes: &mut Changes, wanted: impl Fn(&Notice) -> bool) -> Notice {
    let hearing = async {
        loop {
            let notice = changes.next().await.unwrap();
            if wanted(&notice) {
                return notice;
            }
        }
    };
    timeout(PATIENCE, hearing).await.expect("a notice comes")
}

fn tells_of(key: &Key) -> impl Fn(&Notice) -> bool {
    move |notice| matches!(notice, Notice::Changed(change) if change.key == *key)
}
