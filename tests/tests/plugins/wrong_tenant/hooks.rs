//! What a call hook reaches beside its call: keys, files, hosts, and the memory that it runs in.

use std::path::Path;

use serde_json::{Value, json};
use strowger_tests::{PracticeCarrier, Server, ServerOptions, WebApp};
use tempfile::TempDir;

use super::{Marked, install, marked_on, uploaded};

/// Two accounts whose calls are answered, on a server where each has a folder of its own.
struct World {
    customers: [Marked; 2],
    server: Server,
    folder: TempDir,
    _carrier: PracticeCarrier,
}

async fn world() -> World {
    let folder = TempDir::new().unwrap();
    let args = vec!["--plugins-files".to_owned(), folder.path().to_str().unwrap().to_owned()];
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let (customers, carrier) = (marked_on(&server).await, PracticeCarrier::start(200, &[]));
    for customer in &customers {
        let fields = json!({"data": {"gateways": [{"server": "127.0.0.1", "port": carrier.port}]}});
        let path = format!("/resources/{}", customer.mark);
        let _ = customer.tenant.v2(strowger_tests::Method::PATCH, &path, fields).await.with_status(200);
        write(folder.path(), customer, customer.mark);
    }
    World { customers, server, folder, _carrier: carrier }
}

fn write(folder: &Path, customer: &Marked, text: &str) {
    let own = folder.join(&customer.tenant.account.id);
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("mark.txt"), text).unwrap();
}

/// The record of an answered call of that account, once it is over, whose hook is that plugin.
async fn called(customer: &Marked, plugin: &str, mut hook: Value) -> Value {
    hook["url"] = json!(format!("plugin:{plugin}"));
    let to = json!({"type": "phone", "number": customer.number});
    customer.tenant.call_with(json!({"call_hook": hook, "to": to})).await.ended().await
}

/// What the hook tells of what it did at a call.
async fn told(customer: &Marked, plugin: &str, what: Value) -> Value {
    let record = called(customer, plugin, what).await;
    assert!(record["customerData"]["told"] != Value::Null, "{record}");
    record["customerData"]["told"].clone()
}

fn grants(port: Option<u16>) -> Value {
    let hosts: Vec<String> = port.into_iter().map(|port| format!("127.0.0.1:{port}")).collect();
    json!({"kv": {"bytes": 1_000, "entries": 20}, "folder": true, "http": {"hosts": hosts}})
}

/// Each writes its keys; then each looks for the other's, changes them, and fills its quota.
async fn keys_are_apart(customers: &[Marked; 2], plugin: &str) {
    let remember =
        async |customer: &Marked, steps: Value| told(customer, plugin, json!({"do": "remember", "steps": steps})).await;
    let [one, other] = customers;
    for (customer, bytes) in [(one, 3), (other, 5)] {
        let steps = json!([{"set": ["shared", bytes, null]}, {"set": [customer.mark, 1, null]}, {"increment": ["n", bytes, 60]}]);
        assert_eq!(remember(customer, steps).await, json!([null, null, bytes]), "{}", customer.mark);
    }
    let steps = json!([{"keys": ["", null, 1_000]}, {"get": other.mark}, {"delete": other.mark}, {"delete": "shared"},
        {"increment": ["n", 100, null]}, {"fill": ["f", 50]}]);
    let seen = remember(one, steps).await;
    let own = json!(["n", one.mark, "shared"]);
    assert_eq!(
        (&seen[0], &seen[1], &seen[2], &seen[3], &seen[4]),
        (&own, &Value::Null, &json!(false), &json!(true), &json!(103))
    );
    assert_eq!(seen[5][1], "Error::Quota(1000)", "{seen}");
    let steps =
        json!([{"keys": ["", null, 1_000]}, {"get": "shared"}, {"get": other.mark}, {"increment": ["n", 0, null]}]);
    let kept = json!([["n", other.mark, "shared"], 5, 1, 5]);
    assert_eq!(remember(other, steps).await, kept, "what {} has is as it was", other.mark);
}

/// Each reads its own file and no way leads to the other's.
async fn files_are_apart(world: &World, plugin: &str) {
    let [one, other] = &world.customers;
    let id = &other.tenant.account.id;
    let absolute = world.folder.path().join(id).join("mark.txt");
    let paths = json!([
        "mark.txt",
        format!("../{id}/mark.txt"),
        format!("/{id}/mark.txt"),
        format!("{id}/mark.txt"),
        absolute.to_str().unwrap(),
        "../../../../../../etc/hostname",
        format!("./x/../../{id}/mark.txt"),
    ]);
    let read = told(one, plugin, json!({"do": "read", "paths": paths})).await;
    assert_eq!(read[0], one.mark, "{read}");
    for way in read.as_array().unwrap().iter().skip(1) {
        assert!(way["error"].is_string(), "{read}");
    }
    let written = told(one, plugin, json!({"do": "write", "path": format!("../{id}/mark.txt")})).await;
    assert!(written.as_array().unwrap().iter().all(|way| way["error"].is_string()), "{written}");
    assert_eq!(told(other, plugin, json!({"do": "read", "paths": ["mark.txt"]})).await, json!([other.mark]));
}

/// No event sees what another one left, be it the same account's.
async fn memory_is_fresh(customers: &[Marked; 2], plugin: &str) {
    for customer in [&customers[0], &customers[1], &customers[0]] {
        assert_eq!(told(customer, plugin, json!({"do": "count"})).await, json!(1), "{}", customer.mark);
    }
}

#[tokio::test]
async fn hooks_of_one_name_in_two_accounts_share_neither_keys_nor_files_nor_hosts_nor_memory() {
    let (world, site) = (world().await, WebApp::start(json!([])).await);
    let port = site.url("/").rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
    let [one, other] = &world.customers;
    uploaded(one, "hook", strowger_hostile::CALL_HOOK, grants(None)).await;
    uploaded(other, "hook", strowger_hostile::CALL_HOOK, grants(Some(port))).await;
    keys_are_apart(&world.customers, "hook").await;
    files_are_apart(&world, "hook").await;
    memory_is_fresh(&world.customers, "hook").await;
    let fetch = json!({"do": "visit", "page": site.url("/page")});
    assert_eq!(told(one, "hook", fetch.clone()).await, json!([{"error": "HttpRequestDenied"}]));
    assert!(told(other, "hook", fetch).await[0]["status"].is_u64(), "what it was granted itself");
}

#[tokio::test]
async fn a_hook_of_the_installation_works_for_each_account_apart() {
    let world = world().await;
    install(&world.server, "common-hook", strowger_hostile::CALL_HOOK, grants(None)).await;
    keys_are_apart(&world.customers, "common-hook").await;
    files_are_apart(&world, "common-hook").await;
    memory_is_fresh(&world.customers, "common-hook").await;
}

#[tokio::test]
async fn a_hook_of_another_account_is_nobody() {
    let world = world().await;
    let [owner, stranger] = &world.customers;
    uploaded(owner, "secret", strowger_hostile::CALL_HOOK, grants(None)).await;
    assert_eq!(told(owner, "secret", json!({"do": "count"})).await, json!(1));
    let used = owner.get("/plugins/secret/usage").await["versions"][0]["total"].clone();
    for name in ["secret", "secret@1"] {
        let record = called(stranger, name, json!({"do": "count"})).await;
        assert_eq!(record["customerData"], Value::Null, "{record}");
    }
    assert_eq!(owner.get("/plugins/secret/usage").await["versions"][0]["total"], used);
}
