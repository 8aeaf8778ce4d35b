//! Hostile components through upload and the way of a call: each ends with its typed error, and the neighbour notices nothing.

use serde_json::{Value, json};
use strowger_hostile_raw::{CompileBomb, Misdeed, compile_bomb, selector};
use strowger_tests::{CALLED, CALLER, Method, Server, ServerOptions, Tenant};
use tempfile::TempDir;

use crate::{chain, routed, upload};

/// What a decision says of the step that failed.
async fn failure(tenant: &Tenant) -> Value {
    let question = json!({"data": {"To-DID": CALLED, "Outbound-Caller-ID-Number": CALLER}});
    let answer = tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200);
    answer.data()["error"].clone()
}

/// Two customers of one server.
async fn neighbours() -> (Tenant, Tenant) {
    let (tenant, neighbour) = (Tenant::new(json!([])).await, Tenant::new(json!([])).await);
    for tenant in [&tenant, &neighbour] {
        tenant.carrier("a", 5060).await;
    }
    (tenant, neighbour)
}

#[tokio::test]
async fn what_misbehaves_on_trial_never_becomes_a_plugin() {
    let (tenant, neighbour) = neighbours().await;
    for (misdeed, rule) in
        [(Misdeed::LoopInStart, "trial"), (Misdeed::LoopInDescribe, "trial"), (Misdeed::HugeMemory, "resources")]
    {
        let name = format!("{misdeed:?}");
        let version = upload(&tenant, &name, "1", &selector(misdeed)).await;
        assert_eq!(version["verdict"]["faults"][0]["rule"], rule, "{version}");
        let refused = chain(&tenant, json!([{ name: {} }])).await.with_status(400);
        assert!(refused.text.contains("no active version"), "{}", refused.text);
        assert_eq!(routed(&neighbour).await, json!(["a"]));
    }
}

#[tokio::test]
async fn what_misbehaves_at_a_call_ends_with_the_limit_that_it_ran_into() {
    let (tenant, neighbour) = neighbours().await;
    for (misdeed, kinds) in [
        (Misdeed::LoopInPrepare, &["fuel", "time"][..]),
        (Misdeed::LoopInSelect, &["fuel", "time"]),
        (Misdeed::Recursion, &["stack"]),
        (Misdeed::MemoryGrowth, &["memory"]),
        (Misdeed::TableGrowth, &["table"]),
        (Misdeed::HandleLeak, &["handles"]),
        (Misdeed::HugeResult, &["invalid_result"]),
        (Misdeed::InvalidUtf8, &["invalid_result"]),
        (Misdeed::BadDiscriminant, &["invalid_result"]),
        (Misdeed::LogStorm, &["host_calls", "fuel", "time"]),
        (Misdeed::HostCallStorm, &["host_calls", "fuel", "time"]),
        (Misdeed::CopyGiants, &["fuel", "time"]),
    ] {
        let name = format!("{misdeed:?}");
        let version = upload(&tenant, &name, "1", &selector(misdeed)).await;
        assert_eq!(version["status"], "accepted", "{version}");
        let _ = chain(&tenant, json!([{"get_resources": {}}, { name.clone(): {} }])).await.with_status(200);
        let told = failure(&tenant).await;
        assert!(kinds.iter().any(|kind| told["kind"] == *kind), "{misdeed:?}: {told}");
        let body = json!({"from": CALLER, "to": {"type": "phone", "number": CALLED}, "call_hook": "plugin:nobody"});
        let refused = tenant.v1(Method::POST, "/Calls", body).await.with_status(422);
        assert!(refused.body["msg"].as_str().unwrap().contains(&name), "{}", refused.text);
        assert_eq!(routed(&neighbour).await, json!(["a"]), "after {misdeed:?}");
    }
}

#[tokio::test]
async fn a_compile_bomb_harms_its_worker_only() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("strowger.toml");
    std::fs::write(&file, "[plugins]\ncompile_memory_bytes = 402653184\ncompile_time_s = 2\n").unwrap();
    let args = vec!["--config".to_owned(), file.to_str().unwrap().to_owned()];
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let tenant = Tenant::on(server, json!([])).await;
    tenant.carrier("a", 5060).await;
    for bomb in CompileBomb::ALL {
        let version = upload(&tenant, &format!("{bomb:?}"), "1", &compile_bomb(bomb)).await;
        let rule = &version["verdict"]["faults"][0]["rule"];
        let told = ["compile_time", "compile_memory", "compile_crash", "valid"].iter().any(|known| rule == known);
        assert!(version["status"] == "accepted" || told, "{bomb:?}: {version}");
        assert_eq!(routed(&tenant).await, json!(["a"]), "after {bomb:?}");
    }
}
