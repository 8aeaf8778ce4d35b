//! `strowger store` and `strowger secrets` on the stores of real servers.

use std::path::Path;

use serde_json::{Value, json};
use strowger_test_redis::Redis;
use strowger_tests::{Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{Ended, run};

/// What a carrier's gateway is entered with.
const PASSWORD: &str = "gateway-s3cret";

async fn server(data: &Path) -> Server {
    Server::start_with(ServerOptions { data: Some(data.to_owned()), ..ServerOptions::default() }).await
}

/// An account with a carrier that has a password, on a store in that folder.
async fn filled(data: &Path) -> Tenant {
    let tenant = Tenant::on(server(data).await, json!([])).await;
    let gateway = json!({"server": "carrier.example", "username": "me", "password": PASSWORD});
    let carrier = json!({"data": {"id": "a", "name": "A", "rules": ["."], "gateways": [gateway]}});
    let _ = tenant.v2(Method::PUT, "/resources", carrier).await.with_status(201);
    tenant
}

/// The password as the account reads it from that server.
async fn password(server: &Server, tenant: &Tenant) -> Value {
    let path = format!("/v2/accounts/{}/resources/a", tenant.account.id);
    let read = server.send(Method::GET, &path, Some(&tenant.account.key), None).await.with_status(200);
    read.data()["gateways"][0]["password"].clone()
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert!(ended.succeeded, "{}", ended.complained);
    ended.said
}

fn digest(said: &str) -> String {
    said.split("SHA-256 ").nth(1).expect("a digest").split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_backup_restores_everything_and_needs_the_keys() {
    let folder = TempDir::new().expect("a temporary folder");
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let tenant = filled(&first).await;
    let busy = run(folder.path(), &[], &["store", "backup", "backup", "--data", "first"]);
    assert!(!busy.succeeded && busy.complained.contains("in use by another process"), "{}", busy.complained);
    tenant.server.clone().kill();

    let wrote = done(run(folder.path(), &[], &["store", "backup", "backup", "--data", "first"]));
    let again = run(folder.path(), &[], &["store", "backup", "backup", "--data", "first"]);
    assert!(!again.succeeded && again.complained.contains("backup: "), "a backup is not overwritten");
    let restored = done(run(folder.path(), &[], &["store", "restore", "backup", "--data", "second"]));
    assert_eq!(digest(&wrote), digest(&restored));
    assert!(done(run(folder.path(), &[], &["store", "check", "--data", "second"])).contains("as it should be"));
    let full = run(folder.path(), &[], &["store", "restore", "backup", "--data", "second"]);
    assert!(!full.succeeded && full.complained.contains("not empty"), "{}", full.complained);

    for file in [first.join("strowger.redb"), folder.path().join("backup")] {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()), "{}", file.display());
    }
    std::fs::copy(first.join("secrets.key"), second.join("secrets.key")).unwrap();
    assert_eq!(password(&server(&second).await, &tenant).await, PASSWORD);
}

#[tokio::test]
async fn a_store_moves_to_redis_and_back() {
    let (folder, redis) = (TempDir::new().expect("a temporary folder"), Redis::start());
    let (first, back) = (folder.path().join("first"), folder.path().join("back"));
    let tenant = filled(&first).await;
    tenant.server.clone().kill();
    let there = done(run(folder.path(), &[], &["store", "migrate", "--to", &redis.url(), "--data", "first"]));
    let shared = [("STROWGER_REDIS", redis.url())];
    let shared = shared.each_ref().map(|(name, url)| (*name, url.as_str()));
    let home = done(run(folder.path(), &shared, &["store", "migrate", "--to", "back"]));
    assert_eq!(digest(&there), digest(&home));
    let twice = run(folder.path(), &[], &["store", "migrate", "--to", &redis.url(), "--data", "first"]);
    assert!(!twice.succeeded && twice.complained.contains("not empty"), "{}", twice.complained);

    let key = first.join("secrets.key");
    let args = ["--redis", &redis.url(), "--secrets-key-file", &key.display().to_string()].map(str::to_owned);
    let node = ServerOptions { args: args.into(), ..ServerOptions::default() };
    let node = Server::start_with(node).await;
    assert_eq!(password(&node, &tenant).await, PASSWORD);
    std::fs::copy(key, back.join("secrets.key")).unwrap();
    assert_eq!(password(&server(&back).await, &tenant).await, PASSWORD);
}

#[tokio::test]
async fn another_key_seals_after_a_rotation() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let tenant = filled(&data).await;
    tenant.server.clone().kill();
    let ids = || {
        let text = std::fs::read_to_string(data.join("secrets.key")).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let old = ids();
    let rotated = done(run(folder.path(), &[], &["secrets", "rotate", "--drop-old", "--data", "data"]));
    assert!(rotated.contains(&format!("dropped the key {}", old[0])), "{rotated}");
    assert!(!ids().contains(&old[0]), "{:?}", ids());
    let checked = done(run(folder.path(), &[], &["secrets", "check", "--data", "data"]));
    assert!(checked.contains(&format!("sealed with the key {}", ids()[0])), "{checked}");
    assert_eq!(password(&server(&data).await, &tenant).await, PASSWORD);
}

#[tokio::test]
async fn nodes_that_start_together_on_an_empty_redis_print_one_admin_key() {
    let redis = Redis::start();
    let start = || {
        let options = ServerOptions { redis: Some(redis.url()), own_admin_key: true, ..ServerOptions::default() };
        tokio::spawn(Server::start_with(options))
    };
    let starting: Vec<_> = (0..3).map(|_| start()).collect();
    let mut nodes = Vec::new();
    for node in starting {
        nodes.push(node.await.expect("the node starts"));
    }
    let printed = || -> Vec<String> {
        let lines = nodes.iter().flat_map(Server::printed);
        lines.filter_map(|line| line.strip_prefix("admin key: ").map(str::to_owned)).collect()
    };
    let key = strowger_tests::eventually("an admin key to be printed", async || printed().pop()).await;
    for node in &nodes {
        let _ = node.send(Method::GET, "/v1/Accounts", Some(&key), None).await.with_status(200);
    }
    // What a node prints, it has printed before it answers.
    assert_eq!(printed(), [key]);
}
