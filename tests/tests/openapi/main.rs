//! The OpenAPI document as clients get it: whether it is one, and whether the running host keeps to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod fuzzed;
mod tools;
mod world;

use std::process::Command;

use serde_json::Value;
use strowger_tests::{Answer, Method, Server, strowger};

const PATH: &str = "/openapi.json";

#[tokio::test]
async fn anybody_may_read_it_and_keep_it() {
    let server = Server::shared().await;
    let answer = Answer::to(server.request(Method::GET, PATH)).await.with_status(200);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-cache"));
    let etag = answer.header("etag").to_owned();
    let again = server.request(Method::GET, PATH).header("if-none-match", &etag);
    let again = Answer::to(again).await.with_status(304);
    assert_eq!((again.header("etag"), again.text.as_str()), (etag.as_str(), ""));
    let other = server.request(Method::GET, PATH).header("if-none-match", "\"another\"");
    let _ = Answer::to(other).await.with_status(200);
}

#[tokio::test]
async fn the_command_writes_what_is_served() {
    let server = Server::shared().await;
    let served = Answer::to(server.request(Method::GET, PATH)).await.with_status(200).body;
    assert_eq!(written(), served);
}

#[test]
fn it_is_openapi() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, written().to_string()).unwrap();
    tools::run(tools::command("openapi-spec-validator").arg("--schema").arg("3.1").arg(&file));
}

fn written() -> Value {
    let output = Command::new(strowger()).arg("openapi").output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
