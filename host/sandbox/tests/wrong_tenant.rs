//! What instances of different accounts share: nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must stop")]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::AccountId;
use strowger_sandbox::hook::Verb;
use strowger_sandbox::{AddressPolicy, Grants, Sandbox, SandboxConfig};
use support::{Server, event};
use tokio::net::TcpListener;

/// A sandbox whose hook every account uses. 127.0.0.2 plays a public address.
async fn sandbox() -> Sandbox {
    let addresses = AddressPolicy { allowed: vec!["127.0.0.2".parse().unwrap()] };
    let sandbox = Sandbox::new(SandboxConfig { addresses, ..support::config() }).unwrap();
    sandbox.install("hostile", "1", strowger_hostile::CALL_HOOK, Grants::any_host()).await.unwrap();
    sandbox
}

async fn told(sandbox: &Sandbox, account: AccountId, hook: Value) -> Value {
    match sandbox.call_hook("hostile", account, &event(&hook)).await.unwrap().as_deref() {
        Some([Verb::Tag(tag)]) => tag.parse::<Value>().unwrap().get("told").unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_event_has_a_memory_of_its_own() {
    let sandbox = sandbox().await;
    let (one, other) = (AccountId::random(), AccountId::random());
    for account in [one, one, other, one, other] {
        assert_eq!(told(&sandbox, account, json!({"do": "count"})).await, json!(1));
    }
}

/// What is kept alive may be logged in, by a server that counts connections and not requests.
#[tokio::test]
async fn a_connection_is_used_again_by_the_account_that_opened_it_only() {
    let (sandbox, server) = (sandbox().await, Server::start("127.0.0.2", "200 OK", "hello", "").await);
    let (one, other) = (AccountId::random(), AccountId::random());
    let url = format!("http://127.0.0.2:{}/", server.port);
    for (account, connections) in [(one, 1), (one, 1), (other, 2), (one, 2), (other, 2)] {
        let fetched = told(&sandbox, account, json!({"do": "fetch", "url": url})).await;
        assert_eq!(fetched, json!([{"status": 200, "body": 5}]));
        assert_eq!(server.connections(), connections);
    }
}

/// Connections that an account may have, and those of one of its events.
const CONNECTIONS: usize = 64;
const AT_ONCE: usize = 8;

/// All connections of one account are taken; the other one has its own.
#[tokio::test]
async fn whoever_takes_all_connections_takes_only_its_own() {
    let sandbox = Arc::new(sandbox().await);
    let (greedy, other) = (AccountId::random(), AccountId::random());
    // It never answers: each request holds its connection until its event ends.
    let silent = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let hold = json!({"do": "many", "url": format!("http://{}/", silent.local_addr().unwrap()), "count": AT_ONCE});
    let holding: Vec<_> = (0..CONNECTIONS / AT_ONCE)
        .map(|_| {
            let (sandbox, hold) = (Arc::clone(&sandbox), hold.clone());
            tokio::spawn(async move { told(&sandbox, greedy, hold).await })
        })
        .collect();
    let mut held = Vec::new();
    while held.len() < CONNECTIONS {
        held.push(silent.accept().await.unwrap());
    }
    let server = Server::start("127.0.0.2", "200 OK", "hello", "").await;
    let reach = json!({"do": "fetch", "url": format!("http://127.0.0.2:{}/", server.port)});
    assert_eq!(told(&sandbox, other, reach.clone()).await, json!([{"status": 200, "body": 5}]));
    assert_eq!(told(&sandbox, greedy, reach).await, json!([{"error": "ConnectionLimitReached"}]));
    assert!(holding.iter().all(|event| !event.is_finished()));
    holding.iter().for_each(tokio::task::JoinHandle::abort);
}
