//! What lies below, and what is seen above.

use std::time::Duration;

use super::*;
use crate::sealed::{KeyringError, reseal};
use crate::{Batch, Listing, RedbStore, RedisConfig, RedisStore, Scan, StoreError, Write, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sealed_store_is_a_store_like_any_other() {
    let store: Arc<dyn Store> = sealed(&MemoryStore::new(), &Files::new().keyring()).await;
    conformance::all(&store).await;
}

/// Documents with all the secrets there are.
fn secrets(account: Owner) -> Vec<(Key, Value)> {
    let hook = json!({"url": "http://a", "username": "u", "password": PASSWORD});
    let system = |kind, id: &str| Key::new(Owner::System, kind, id);
    let bytes: Vec<u8> = PASSWORD.bytes().collect();
    vec![
        (carrier(account, "r"), with_password(PASSWORD)),
        (carrier(Owner::System, "h"), json!({"gateways": [{"custom_sip_headers": {"out": {"X-Token": PASSWORD}}}]})),
        (
            Key::new(account, Kind::Application, "a"),
            json!({"name": "A", "call_hook": hook, "call_status_hook": hook, "messaging_hook": hook,
                   "env_vars": {"api": {"key": PASSWORD}}}),
        ),
        (
            system(Kind::Account, "a"),
            json!({"name": "A", "webhook_secret": PASSWORD, "registration_hook": hook,
                   "bucket_credential": {"vendor": "azure", "connection_string": PASSWORD}}),
        ),
        (system(Kind::ServiceProvider, "p"), json!({"name": "P", "registration_hook": hook})),
        (system(Kind::Setting, "cursor_secret"), json!({ "bytes": bytes })),
        (system(Kind::Setting, "token_keys"), json!({"keys": [{"kid": "1", "secret": PASSWORD, "bytes": bytes}]})),
    ]
}

#[tokio::test]
async fn no_secret_is_in_the_file_and_all_are_read_as_written() {
    let files = Files::new();
    let path = files.folder.path().join("store.redb");
    let below = RedbStore::open(&path).unwrap();
    let store = SealedStore::open(below.clone(), files.keyring()).await.unwrap();
    let secrets = secrets(account());
    for (key, body) in &secrets {
        put(&*store, key, body.clone()).await;
    }
    for (key, written) in &secrets {
        assert_eq!(body(&*store, key).await, *written);
        assert_eq!(store.all(key.owner, key.kind).await.unwrap().iter().filter(|d| d.body == *written).count(), 1);
        assert_ne!(body(&*below, key).await, *written, "{key:?}");
    }
    below.close().await;
    let file = std::fs::read(path).unwrap();
    let has = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
    assert!(has(b"sealed:v1:") && has(b"Carrier"), "it is the file");
    let numbers = PASSWORD.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    for plain in [PASSWORD, &numbers] {
        assert!(!has(plain.as_bytes()), "{plain} lies in clear");
    }
}

#[tokio::test]
async fn listings_and_revisions_are_the_same_on_both_sides() {
    let below = MemoryStore::new();
    let store = sealed(&below, &Files::new().keyring()).await;
    let owner = account();
    put(&*store, &carrier(owner, "r"), with_password(PASSWORD)).await;
    let by_name = Scan::of(owner, Kind::Resource).by(Listing::Name);
    let above = store.scan(&by_name).await.unwrap().documents;
    assert_eq!(above[0].body, with_password(PASSWORD));
    let lies = below.scan(&by_name).await.unwrap().documents;
    assert_eq!((&above[0].key, &above[0].revision), (&lies[0].key, &lies[0].revision));
}

#[tokio::test]
async fn the_same_secret_is_sealed_differently_each_time() {
    let below = MemoryStore::new();
    let store = sealed(&below, &Files::new().keyring()).await;
    let key = carrier(account(), "r");
    put(&*store, &key, with_password(PASSWORD)).await;
    let first = body(&*below, &key).await;
    put(&*store, &key, with_password(PASSWORD)).await;
    assert_ne!(body(&*below, &key).await, first);
}

#[tokio::test]
async fn a_sealed_value_opens_nowhere_else() {
    let below = MemoryStore::new();
    let store = sealed(&below, &Files::new().keyring()).await;
    let (owner, own) = (account(), carrier(account(), "r"));
    put(&*store, &own, with_password(PASSWORD)).await;
    let lies = body(&*below, &own).await;
    let mut swapped = lies.clone();
    swapped["gateways"].as_array_mut().unwrap().swap(0, 1);
    for (key, moved) in [
        (carrier(owner, "r"), lies.clone()),
        (carrier(own.owner, "s"), lies.clone()),
        (Key::new(own.owner, Kind::Setting, "r"), lies),
        (own, swapped),
    ] {
        put(&*below, &key, moved).await;
        let refused = store.get(&key).await.unwrap_err().to_string();
        let place = format!("{}/{}/{} at /gateways/", key.owner, key.kind.name(), key.id);
        assert!(refused.contains(&place) && refused.contains("was moved here"), "{refused}");
        assert!(!refused.contains("sealed:"), "{refused}");
    }
}

#[tokio::test]
async fn a_value_that_was_changed_is_refused() {
    let below = MemoryStore::new();
    let store = sealed(&below, &Files::new().keyring()).await;
    let key = carrier(account(), "r");
    put(&*store, &key, with_password(PASSWORD)).await;
    let lies = body(&*below, &key).await;
    let text = lies["gateways"][1]["password"].as_str().unwrap().to_owned();
    let (shorter, other_version) = (&text[..text.len() - 4], text.replace(":v1:", ":v2:"));
    let unknown = format!("sealed:v1:nobody:{}", text.rsplit(':').next().unwrap());
    for (changed, reason) in [
        (shorter, "damaged"),
        ("sealed:v1:x", "form"),
        (&other_version, "form"),
        (&unknown, "the key nobody, which the keyring does not have"),
    ] {
        let mut damaged = lies.clone();
        damaged["gateways"][1]["password"] = json!(changed);
        put(&*below, &key, damaged).await;
        match store.get(&key).await {
            Err(StoreError::Fault(told)) => assert!(told.contains(reason), "{told}"),
            other => panic!("{changed}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_an_older_version_left_in_clear_is_read_and_sealed_when_it_is_next_written() {
    let below = MemoryStore::new();
    let key = carrier(account(), "r");
    put(&*below, &key, with_password(PASSWORD)).await;
    let store = sealed(&below, &Files::new().keyring()).await;
    assert_eq!(body(&*store, &key).await, with_password(PASSWORD));
    put(&*store, &key, with_password(PASSWORD)).await;
    assert!(!body(&*below, &key).await.to_string().contains(PASSWORD));
}

#[tokio::test]
async fn a_secret_that_looks_sealed_is_a_secret_like_any_other() {
    let store = sealed(&MemoryStore::new(), &Files::new().keyring()).await;
    let key = carrier(account(), "r");
    for text in ["sealed:v1:x:AAAA", "sealed:v9:", ""] {
        put(&*store, &key, with_password(text)).await;
        assert_eq!(body(&*store, &key).await, with_password(text));
    }
}

#[tokio::test]
async fn other_kinds_pass_as_they_are() {
    let below = MemoryStore::new();
    let store = sealed(&below, &Files::new().keyring()).await;
    let written = json!({"name": "x", "password": "argon2"});
    let key = Key::new(account(), Kind::User, "u");
    let batch = Batch::of(vec![Write::put(key.clone(), written.clone(), Expect::Absent)]);
    store.apply(batch).await.unwrap();
    assert_eq!(body(&*below, &key).await, written);
}

#[tokio::test]
async fn another_keyring_is_refused_at_the_start() {
    let below = MemoryStore::new();
    let files = Files::new();
    sealed(&below, &files.keyring()).await;
    sealed(&below, &files.keyring()).await;
    match SealedStore::open(below, Files::new().keyring()).await.map(drop) {
        Err(error @ KeyringError::Foreign(_)) => {
            assert!(error.to_string().starts_with("the keyring does not open this store: "), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_key_of_the_same_id_with_other_bytes_is_another_keyring() {
    let below = MemoryStore::new();
    let key = |byte: u8| {
        use base64::Engine;
        let text = format!("k:{}", base64::prelude::BASE64_STANDARD.encode([byte; 32]));
        Arc::new(Keyring::parse(&text).unwrap())
    };
    sealed(&below, &key(1)).await;
    assert!(matches!(SealedStore::open(below, key(2)).await.map(drop), Err(KeyringError::Foreign(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_in_redis_are_sealed_without_a_new_revision_or_end() {
    let redis = strowger_test_redis::Redis::start();
    let below = RedisStore::open(RedisConfig::parse(&redis.url()).unwrap()).await.unwrap();
    let (keyring, key) = (Files::new().keyring(), carrier(account(), "r"));
    let write = Write::put(key.clone(), with_password(PASSWORD), Expect::Absent).expires_in(Duration::from_secs(600));
    below.apply(Batch::of(vec![write])).await.unwrap();
    let before = below.get(&key).await.unwrap().unwrap();
    assert_eq!(reseal(&*below, &keyring).await.unwrap().documents, 1);
    let after = below.get(&key).await.unwrap().unwrap();
    assert!(!after.body.to_string().contains(PASSWORD));
    assert_eq!((after.revision, after.expires), (before.revision, before.expires));
    let store = SealedStore::open(below, keyring).await.unwrap();
    assert_eq!(body(&*store, &key).await, with_password(PASSWORD));
}
