//! Two processes on one Redis.

use std::sync::Arc;
use std::time::Duration;

use strowger_store::{RedisConfig, RedisStore, Store};
use strowger_test_redis::Redis;
use tokio::time::{Instant, sleep};

use super::support::{World, row};
use crate::publication::Mode;
use crate::{SelectorRow, SelectorRows};

const PATIENCE: Duration = Duration::from_secs(20);

async fn open(url: &str) -> Arc<dyn Store> {
    RedisStore::open(RedisConfig::parse(url).unwrap()).await.unwrap()
}

/// Waits until the other process sees so many rows without being asked to read.
async fn sees(other: &World, count: u64) {
    let start = Instant::now();
    while other.rows.resident(other.owner).map(|book| book.rows()) != Some(count) {
        assert!(start.elapsed() < PATIENCE, "the change was not seen");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_one_changes_the_other_sees_and_neither_loses() {
    let redis = Redis::start();
    let world = World::over(open(&redis.url()).await);
    let store = open(&redis.url()).await;
    let other = World { rows: SelectorRows::new(Arc::clone(&store)), store, owner: world.owner };
    assert_eq!(other.rows.book(other.owner).await.unwrap().rows(), 0);

    let many =
        |from: u32| (from..from + 300).map(|n| row("lcr", &n.to_string(), "a", "1")).collect::<Vec<SelectorRow>>();
    world.publish("1", Mode::Upsert, vec![many(1_000)]).await.unwrap();
    sees(&other, 300).await;
    other.rows.put(other.owner, vec![row("lcr", "9", "a", "1")], None).await.unwrap();
    sees(&world, 301).await;

    let (a, b) = tokio::join!(
        world.publish("2", Mode::Upsert, vec![many(2_000)]),
        other.publish("3", Mode::Upsert, vec![many(3_000)])
    );
    assert_eq!((a.unwrap().added, b.unwrap().added), (300, 300));
    world.rows.fold(world.owner, "lcr").await.unwrap();
    sees(&world, 901).await;
    sees(&other, 901).await;
}
