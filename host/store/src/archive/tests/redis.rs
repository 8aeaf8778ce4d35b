//! From and to Redis.

use strowger_test_redis::{Cluster, Redis};

use super::*;
use crate::archive::{Repair, check, migrate};
use crate::{RedbStore, RedisConfig, RedisStore};

async fn open(url: &str) -> Arc<dyn Store> {
    RedisStore::open(RedisConfig::parse(url).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_moves_to_redis_and_back() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), Redis::start());
    let file = |name: &str| -> Arc<dyn Store> { RedbStore::open(folder.path().join(name)).unwrap() };
    let (from, between, back) = (file("from"), open(&redis.url()).await, file("back"));
    furnish(&from).await;
    let there = migrate(&*from, &*between).await.unwrap();
    assert_same(&*from, &*between).await;
    let report = check(&between, Repair::No).await.unwrap();
    assert!(report.is_whole() && report.blobs == 6, "{report}");
    assert_eq!(migrate(&*between, &*back).await.unwrap(), there);
    assert_same(&*from, &*back).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_server_moves_to_a_cluster_by_a_backup() {
    let (redis, cluster) = (Redis::start(), Cluster::start());
    let (from, to) = (open(&redis.url()).await, open(&cluster.url()).await);
    furnish(&from).await;
    let (file, written) = backed_up(&*from).await;
    assert_eq!(restored(&*to, &file).await.unwrap(), written);
    assert_same(&*from, &*to).await;
    assert!(check(&to, Repair::No).await.unwrap().is_whole());
}
