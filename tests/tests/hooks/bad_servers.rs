//! A call hook that cannot be used ends its call in good order, and says why in words for the customer.

use serde_json::{Value, json};
use strowger_tests::Server;

use super::raw::{RawServer, Then};
use super::{customer, proof};

/// Why the call ended whose hook is there.
async fn refusal(hook: &str) -> String {
    let (tenant, carrier) = customer(json!([])).await;
    let call = tenant.call_with(json!({"call_hook": hook})).await;
    let events = tenant.app.events(&call.sid).await;
    carrier.reports(" hung up ").await;
    let record = call.ended().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("completed"), &json!("jambonz")));
    let reason = record["termination_reason"].as_str().unwrap().to_owned();
    let faults: Vec<&Value> = events.iter().filter_map(|event| event.get("error")).collect();
    assert_eq!(faults, [&json!(reason)], "the status hook is told the same");
    reason.strip_prefix("call_hook failed: ").unwrap_or(&reason).to_owned()
}

fn response(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_after_ten_seconds() {
    let silent = RawServer::answering("", Then::Hang).await;
    assert_eq!(refusal(&silent.url()).await, "webhook did not answer in time");
}

#[tokio::test]
async fn a_server_that_hangs_in_the_middle_is_given_up_too() {
    let half = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[", Then::Hang).await;
    assert_eq!(refusal(&half.url()).await, "webhook broke off its answer");
}

#[tokio::test]
async fn a_server_that_closes_early_is_told_from_one_that_is_not_there() {
    let _shared = Server::shared().await;
    let closing = RawServer::answering("", Then::Close).await;
    assert_eq!(refusal(&closing.url()).await, "webhook closed the connection");
    let half = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"verb\"", Then::Close).await;
    assert_eq!(refusal(&half.url()).await, "webhook broke off its answer");
    let nowhere = format!("http://127.0.0.1:{}/", free_port().await);
    assert_eq!(refusal(&nowhere).await, "webhook refused the connection");
}

#[tokio::test]
async fn garbage_is_called_that() {
    let _shared = Server::shared().await;
    for garbage in ["\u{1}\u{2}garbage\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "220 mail.example.com ESMTP\r\n"] {
        let server = RawServer::answering(garbage, Then::Close).await;
        assert_eq!(refusal(&server.url()).await, "webhook did not speak HTTP as it should", "{garbage:?}");
    }
    for (body, fault) in [("[{\"verb\":", "invalid JSON"), ("\"hangup\"", "neither a list of verbs nor a verb")] {
        let server = RawServer::answering(response("200 OK", body), Then::Close).await;
        assert!(refusal(&server.url()).await.contains(fault), "{body}");
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let verbs = json!([{"verb": "tag", "data": {"long": "x".repeat(10_000_000)}}]).to_string();
    let server = RawServer::answering(response("200 OK", &verbs), Then::Close).await;
    assert_eq!(refusal(&server.url()).await, "webhook answered more than 1 MiB");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let (other, _carrier) = customer(proof()).await;
    let location = format!("302 Found\r\nlocation: {}", other.app.url("/call"));
    let server = RawServer::answering(response(&location, ""), Then::Close).await;
    assert_eq!(refusal(&server.url()).await, "webhook answered 302");
    assert!(other.app.requests("/call").is_empty());
}

async fn free_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}
