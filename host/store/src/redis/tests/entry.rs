use strowger_model::Secret;
use strowger_test_redis::{Certificates, Cluster, Redis, RedisOptions};

use super::{account, heard, key, number, open, put, tells_of};
use crate::{RedisConfig, RedisStore, Store, StoreError, Tls};

const PASSWORD: &str = "DrWoody-and-more";

/// As the crate's documentation says, for a prefix of `strowger`.
const PERMISSIONS: &str = "~strowger:* &strowger:* +hello +ping +select +info +cluster|slots +eval +evalsha +time +get +set +exists \
    +incr +incrby +persist +pexpire +pttl +unlink +hget +hmget +hset +hdel +zadd +zrange +zrem +xadd +xrange +xrevrange +publish \
    +subscribe +unsubscribe";

fn with_user(permissions: &str) -> Redis {
    let user = Some(("strowger".into(), PASSWORD.into(), permissions.into()));
    Redis::start_with(&RedisOptions { user, ..RedisOptions::default() })
}

async fn refused(config: RedisConfig) -> StoreError {
    match RedisStore::open(config).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

async fn works(store: &RedisStore) {
    let mut changes = store.changes();
    let key = key(account(), "r1");
    put(store, &key, 1).await.unwrap();
    assert_eq!(number(store, &key).await, Some(1));
    heard(&mut changes, tells_of(&key)).await;
    let mut mailbox = store.mailbox("node:1").await.unwrap();
    store.post("node:1", "hello".into()).await.unwrap();
    assert_eq!(mailbox.next().await.unwrap(), "hello");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_permissions_of_the_documentation_are_enough_for_everything() {
    let redis = with_user(PERMISSIONS);
    let store: std::sync::Arc<dyn Store> = open(&redis.url()).await;
    crate::conformance::all(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_without_saying_it() {
    let redis = with_user("~* &* +@all");
    let right = format!("redis://127.0.0.1:{}", redis.port);
    let config = RedisConfig::parse(&right).unwrap().login(Some("strowger".into()), Secret::new("Wrong-Woody"));
    let error = refused(config).await;
    assert!(matches!(error, StoreError::Fault(_)), "trying again does not help: {error:?}");
    let said = format!("{error} {error:?}");
    assert!(said.contains("refuses the login") && said.contains(&redis.port.to_string()), "{said}");
    assert!(!said.contains("Woody"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_permissions_are_said() {
    let redis = with_user("~strowger:* &strowger:* +@all -evalsha -eval");
    let store = open(&redis.url()).await;
    let error = put(&store, &key(account(), "r1"), 1).await.unwrap_err();
    assert!(matches!(&error, StoreError::Fault(reason) if reason.contains("eval")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_trusted_by_its_authority_and_shown_a_certificate() {
    let certificates = Certificates::generate();
    let redis = Redis::start_with(&RedisOptions { tls: Some(certificates.clone()), ..RedisOptions::default() });
    let config = RedisConfig::parse(&redis.url()).unwrap();
    let client = Some((certificates.certificate.clone(), certificates.key.clone()));
    let tls = Tls { ca: Some(certificates.authority.clone()), client };
    let store = RedisStore::open(config.clone().tls(tls.clone())).await.unwrap();
    works(&store).await;
    let other = Certificates::generate();
    let error = refused(config.tls(Tls { ca: Some(other.authority.clone()), ..tls })).await;
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_topology_is_said() {
    let (redis, cluster) = (Redis::start(), Cluster::start());
    let error = refused(RedisConfig::parse(&cluster.nodes[0].url()).unwrap()).await;
    assert!(error.to_string().contains("redis+cluster://"), "{error}");
    let url = redis.url().replace("redis://", "redis+cluster://");
    let error = refused(RedisConfig::parse(&url).unwrap()).await;
    assert!(error.to_string().contains("no Redis Cluster"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_another_format_are_refused() {
    let redis = Redis::start();
    let _ = redis.cli(&["SET", "strowger:{system}:format", "2"]);
    let error = refused(RedisConfig::parse(&redis.url()).unwrap()).await;
    assert!(error.to_string().contains("format 2"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_there_is_said_with_the_address() {
    let redis = Redis::start();
    redis.kill();
    let error = refused(RedisConfig::parse(&redis.url()).unwrap()).await;
    assert!(matches!(&error, StoreError::Unreachable(why) if why.contains(&redis.port.to_string())), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn installations_with_different_prefixes_share_a_server() {
    let redis = Redis::start();
    let config = |prefix: &str| RedisConfig::parse(&redis.url()).unwrap().prefix(prefix).unwrap();
    let (east, west) =
        (RedisStore::open(config("east")).await.unwrap(), RedisStore::open(config("west")).await.unwrap());
    let mut at_west = west.changes();
    let key = key(account(), "r1");
    put(&east, &key, 1).await.unwrap();
    assert_eq!((number(&east, &key).await, number(&west, &key).await), (Some(1), None));
    assert!(at_west.try_next().is_none());
    assert!(west.owners(None, 10).await.unwrap().is_empty());
}
