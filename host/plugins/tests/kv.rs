//! What plugins remember, on every store.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_plugins::StoredKeyValues;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind, Verb};
use strowger_sandbox::message::{Outbound, Outcome};
use strowger_sandbox::{Grants, KeySpace, KeyValues, KvError, KvGrant, PluginId, Sandbox, SandboxConfig};
use strowger_store::{MemoryStore, RedbStore, RedisConfig, RedisStore, Store};
use strowger_test_redis::{Cluster, Redis};

/// What stores lie in.
type Ground = (tempfile::TempDir, Redis);

/// An embedded store in a folder of its own, one in memory, and one on a Redis of its own.
async fn stores() -> (Ground, [Arc<dyn Store>; 3]) {
    let (folder, redis) = (tempfile::tempdir().unwrap(), Redis::start());
    let embedded = RedbStore::open(folder.path().join("store.redb")).unwrap();
    let stores: [Arc<dyn Store>; 3] = [embedded, MemoryStore::new(), on(&redis.url()).await];
    ((folder, redis), stores)
}

/// A node of its own on that Redis.
async fn on(url: &str) -> Arc<dyn Store> {
    RedisStore::open(RedisConfig::parse(url).unwrap()).await.unwrap()
}

fn space(owner: Owner, plugin: &str, bytes: u64, entries: u32) -> KeySpace {
    let plugin = Arc::new(PluginId::system(plugin, "1"));
    KeySpace { owner, plugin, quota: KvGrant { bytes, entries } }
}

#[tokio::test]
async fn what_is_written_is_read_again_by_the_same_plugin_of_the_same_account_only() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let account = Owner::from(AccountId::random());
        let own = space(account, "a", 1_000, 10);
        keys.set(&own, "k", vec![0, 255], None).await.unwrap();
        assert_eq!(keys.get(&own, "k").await, Ok(Some(vec![0, 255])));
        let others = [space(account, "b", 1_000, 10), space(AccountId::random().into(), "a", 1_000, 10)];
        let mut tenants = own.clone();
        tenants.plugin = Arc::new(PluginId { owner: account, ..PluginId::system("a", "1") });
        for other in others.iter().chain([&tenants]) {
            assert_eq!(keys.get(other, "k").await, Ok(None), "{other:?}");
            assert_eq!(keys.keys(other, "", None, 10).await, Ok(Vec::new()));
        }
        assert_eq!(keys.delete(&own, "k").await, Ok(true));
        assert_eq!(keys.delete(&own, "k").await, Ok(false));
        assert_eq!(keys.get(&own, "k").await, Ok(None));
    }
}

#[tokio::test]
async fn the_quota_is_exact_and_gives_back_what_goes() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let space = space(AccountId::random().into(), "a", 10, 2);
        keys.set(&space, "a", vec![0; 4], None).await.unwrap();
        keys.set(&space, "b", vec![0; 4], None).await.unwrap();
        assert_eq!(keys.set(&space, "b", vec![0; 5], None).await, Err(KvError::Quota(10)));
        assert_eq!(keys.set(&space, "c", Vec::new(), None).await, Err(KvError::Quota(10)));
        keys.set(&space, "a", vec![0; 3], None).await.unwrap();
        assert_eq!(keys.set(&space, "c", Vec::new(), None).await, Err(KvError::Quota(2)));
        assert_eq!(keys.get(&space, "b").await, Ok(Some(vec![0; 4])));
        keys.delete(&space, "a").await.unwrap();
        keys.set(&space, "c", vec![0; 4], None).await.unwrap();
        assert_eq!(keys.keys(&space, "", None, 10).await, Ok(vec!["b".into(), "c".into()]));
    }
}

#[tokio::test]
async fn whoever_has_more_than_a_smaller_grant_allows_may_still_take_away() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let mut space = space(AccountId::random().into(), "a", 100, 10);
        keys.set(&space, "a", vec![0; 50], None).await.unwrap();
        space.quota.bytes = 10;
        assert_eq!(keys.set(&space, "a", vec![0; 60], None).await, Err(KvError::Quota(10)));
        keys.set(&space, "a", vec![0; 40], None).await.unwrap();
        assert_eq!(keys.delete(&space, "a").await, Ok(true));
    }
}

/// Sixteen tasks, spread over the nodes, of which half add to one number and half fill what is left.
async fn write_at_once(nodes: &[StoredKeyValues]) {
    let space = space(AccountId::random().into(), "a", 200, 100);
    let node = |number: usize| (nodes.iter().cycle().nth(number).unwrap().clone(), space.clone());
    let adding = (0..8).map(|number| {
        let (keys, space) = node(number);
        tokio::spawn(async move {
            for _ in 0..5 {
                keys.increment(&space, "sum", 1, None).await.unwrap();
            }
        })
    });
    let filling = (0..8).map(|number| {
        let (keys, space) = node(number);
        tokio::spawn(async move {
            match keys.set(&space, &format!("k{number}"), vec![0; 38], None).await {
                Ok(()) | Err(KvError::Quota(200)) => {}
                Err(error) => unreachable!("{error}"),
            }
        })
    });
    for task in adding.chain(filling).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    for keys in nodes {
        assert_eq!(keys.get(&space, "sum").await, Ok(Some(b"40".to_vec())));
        // 40 bytes each beside 5 of `sum`: four fit into 200.
        assert_eq!(keys.keys(&space, "k", None, 100).await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn writers_at_once_lose_nothing_and_never_have_more_than_the_quota() {
    for store in stores().await.1 {
        write_at_once(&[StoredKeyValues::new(store)]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_write_at_once_have_one_quota() {
    let redis = Redis::start();
    let nodes = [on(&redis.url()).await, on(&redis.url()).await, on(&redis.url()).await].map(StoredKeyValues::new);
    write_at_once(&nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_has_one_quota_too() {
    let cluster = Cluster::start();
    let nodes = [on(&cluster.url()).await, on(&cluster.url()).await].map(StoredKeyValues::new);
    write_at_once(&nodes).await;
}

#[tokio::test]
async fn what_lapses_on_one_node_is_gone_on_the_other() {
    let redis = Redis::start();
    let [here, there] = [on(&redis.url()).await, on(&redis.url()).await].map(StoredKeyValues::new);
    let space = space(AccountId::random().into(), "a", 100, 10);
    here.set(&space, "short", b"1".to_vec(), Some(Duration::from_secs(1))).await.unwrap();
    here.set(&space, "long", b"1".to_vec(), Some(Duration::from_secs(600))).await.unwrap();
    assert_eq!(there.increment(&space, "short", 1, None).await, Ok(2));
    let begun = Instant::now();
    while there.get(&space, "short").await.unwrap().is_some() {
        assert!(begun.elapsed() < Duration::from_secs(10), "an increment made it stay");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(there.keys(&space, "", None, 10).await.unwrap(), ["long"]);
}

#[tokio::test]
async fn a_number_is_added_to_and_what_is_none_is_told() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let space = space(AccountId::random().into(), "a", 1_000, 10);
        assert_eq!(keys.increment(&space, "n", 5, None).await, Ok(5));
        assert_eq!(keys.increment(&space, "n", -7, None).await, Ok(-2));
        assert_eq!(keys.get(&space, "n").await, Ok(Some(b"-2".to_vec())));
        assert_eq!(keys.increment(&space, "n", i64::MIN, None).await, Err(KvError::NotANumber));
        keys.set(&space, "t", b"text".to_vec(), None).await.unwrap();
        assert_eq!(keys.increment(&space, "t", 1, None).await, Err(KvError::NotANumber));
    }
}

#[tokio::test]
async fn keys_are_listed_in_order_page_by_page() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let space = space(AccountId::random().into(), "a", 10_000, 300);
        for number in 0..120 {
            keys.set(&space, &format!("call/{number:03}"), Vec::new(), None).await.unwrap();
        }
        keys.set(&space, "cal", Vec::new(), None).await.unwrap();
        keys.set(&space, "call0", Vec::new(), None).await.unwrap();
        let all = keys.keys(&space, "call/", None, 1_000).await.unwrap();
        assert_eq!((all.len(), all.first().map(String::as_str)), (120, Some("call/000")));
        let rest = keys.keys(&space, "call/", Some("call/117"), 1_000).await.unwrap();
        assert_eq!(rest, ["call/118", "call/119"]);
        assert_eq!(keys.keys(&space, "call/", Some("a"), 1).await.unwrap(), ["call/000"]);
    }
}

#[tokio::test]
async fn what_has_lapsed_is_gone_and_makes_room() {
    for store in stores().await.1 {
        let keys = StoredKeyValues::new(store);
        let space = space(AccountId::random().into(), "a", 10, 10);
        keys.set(&space, "a", vec![0; 9], Some(Duration::from_secs(1))).await.unwrap();
        assert_eq!(keys.set(&space, "b", vec![0; 9], None).await, Err(KvError::Quota(10)));
        let begun = Instant::now();
        while keys.set(&space, "b", vec![0; 9], None).await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "what has lapsed still counts");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(keys.get(&space, "a").await, Ok(None));
        assert_eq!(keys.set(&space, "c", Vec::new(), None).await, Err(KvError::Quota(10)));
    }
}

/// What the hostile call hook tells of what it did to its keys.
async fn told(sandbox: &Sandbox, account: AccountId, steps: Value) -> Value {
    let call = Call {
        call_sid: "1".into(),
        account_sid: "2".into(),
        application_sid: None,
        call_id: "3".into(),
        direction: CallDirection::Inbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::Trying,
        sip_status: 100,
        sip_reason: "Trying".into(),
        duration: None,
        tag: None,
    };
    let hook = json!({"do": "remember", "steps": steps}).to_string();
    let event = Event { kind: EventKind::SessionNew, call, time: 0, payload: "{}".into(), hook };
    match sandbox.call_hook("hostile", account, &event).await.unwrap().as_deref() {
        Some([Verb::Tag(tag)]) => tag.parse::<Value>().unwrap().get("told").unwrap().clone(),
        other => unreachable!("{other:?}"),
    }
}

async fn sandbox(store: Arc<dyn Store>, grants: Grants) -> Sandbox {
    let key_values = Some(Arc::new(StoredKeyValues::new(store)) as Arc<dyn KeyValues>);
    let sandbox = Sandbox::new(SandboxConfig { instances: 10, key_values, ..SandboxConfig::default() }).unwrap();
    sandbox.install("hostile", "1", strowger_hostile::CALL_HOOK, grants).await.unwrap();
    sandbox
}

#[tokio::test]
async fn one_event_remembers_what_another_wrote() {
    let grants = Grants { kv: Some(KvGrant::default()), ..Grants::default() };
    let sandbox = sandbox(MemoryStore::new(), grants).await;
    let account = AccountId::random();
    let steps = json!([{"set": ["a", 3, null]}, {"increment": ["n", 2, 60]}, {"get": "b"}]);
    assert_eq!(told(&sandbox, account, steps).await, json!([null, 2, null]));
    let steps = json!([{"get": "a"}, {"increment": ["n", 2, null]}, {"keys": ["", null, 10]}, {"delete": "a"}]);
    assert_eq!(told(&sandbox, account, steps).await, json!([3, 4, ["a", "n"], true]));
    let elsewhere = told(&sandbox, AccountId::random(), json!([{"get": "n"}])).await;
    assert_eq!(elsewhere, json!([null]));
}

#[tokio::test]
async fn a_plugin_that_fills_its_quota_is_stopped_there() {
    let grants = Grants { kv: Some(KvGrant { bytes: 1_000, entries: 50 }), ..Grants::default() };
    let sandbox = sandbox(MemoryStore::new(), grants).await;
    let steps = json!([{"fill": ["k", 95]}, {"set": ["k0000", 95, null]}, {"set": ["", 1, null]}]);
    let told = told(&sandbox, AccountId::random(), steps).await;
    assert_eq!(told, json!([[10, "Error::Quota(1000)"], null, {"error": "Error::BadKey"}]));
}

#[tokio::test]
async fn without_a_grant_nothing_is_remembered() {
    let sandbox = sandbox(MemoryStore::new(), Grants::default()).await;
    let told = told(&sandbox, AccountId::random(), json!([{"set": ["a", 1, null]}, {"get": "a"}])).await;
    assert_eq!(told, json!([{"error": "Error::Denied"}, {"error": "Error::Denied"}]));
}

#[tokio::test]
async fn a_message_provider_remembers_for_each_account_apart() {
    let key_values = Some(Arc::new(StoredKeyValues::new(MemoryStore::new())) as Arc<dyn KeyValues>);
    let sandbox = Sandbox::new(SandboxConfig { instances: 10, key_values, ..SandboxConfig::default() }).unwrap();
    let grants = Grants { kv: Some(KvGrant::default()), ..Grants::default() };
    sandbox.install("echo", "1", strowger_hostile::ECHO_MESSAGES, grants).await.unwrap();
    let message = Outbound {
        message_sid: "1".into(),
        account_sid: "2".into(),
        application_sid: None,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        text: None,
        media: Vec::new(),
        status_url: None,
        time: 0,
    };
    let (one, other) = (AccountId::random(), AccountId::random());
    for (account, count) in [(one, 1), (one, 2), (other, 1), (one, 3)] {
        let parameters = r#"{"token":"t","blocked":[]}"#;
        let outcome = sandbox.send_message("echo", account, &message, parameters).await.unwrap();
        let Outcome::Accepted(accepted) = outcome else { unreachable!("{outcome:?}") };
        assert_eq!(accepted.response.parse::<Value>().unwrap().get("count"), Some(&json!(count)));
    }
}
