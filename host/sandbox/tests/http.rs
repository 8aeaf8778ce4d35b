//! Requests of plugins: which go out, which do not, and what is said of those.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_sandbox::{AddressPolicy, Grants, Resolve, SandboxConfig};
use support::{Asked, Server, ask};

/// Answers a name with each list in turn, the last one for ever.
#[derive(Debug)]
struct Scripted(Mutex<VecDeque<Vec<IpAddr>>>);

#[async_trait]
impl Resolve for Scripted {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Ok(answer.unwrap_or_default())
    }
}

fn scripted(answers: &[&[&str]]) -> Option<Arc<dyn Resolve>> {
    let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
    Some(Arc::new(Scripted(Mutex::new(answers.iter().map(parse).collect()))))
}

/// 127.0.0.2 plays a public address.
fn config(resolver: Option<Arc<dyn Resolve>>) -> SandboxConfig {
    let addresses = AddressPolicy { allowed: vec!["127.0.0.2".parse().unwrap()] };
    SandboxConfig { addresses, resolver, ..support::config() }
}

fn granted(hosts: &Value) -> Grants {
    Grants::read(&json!({"http": {"hosts": hosts}})).unwrap()
}

async fn fetch(resolver: Option<Arc<dyn Resolve>>, hosts: &Value, url: &str) -> Asked {
    ask(config(resolver), granted(hosts), &json!({"do": "fetch", "url": url})).await
}

#[tokio::test]
async fn a_granted_host_is_reached() {
    let server = Server::start("127.0.0.2", "200 OK", "hello", "").await;
    let resolver = scripted(&[&["127.0.0.2"]]);
    let asked = fetch(resolver, &json!(["*.example.com"]), &format!("http://api.example.com:{}/", server.port)).await;
    assert_eq!(asked.told(), json!([{"status": 200, "body": 5}]));
    assert_eq!(asked.log.warnings(), [""; 0]);
}

#[tokio::test]
async fn a_host_that_is_not_granted_is_not_even_looked_up() {
    for hosts in [json!([]), json!(["other.example"]), json!(["https://api.example"])] {
        let asked = fetch(scripted(&[]), &hosts, "http://api.example/").await;
        assert_eq!(asked.told(), json!([{"error": "HttpRequestDenied"}]), "{hosts}");
        let told = "request to api.example:80 denied: it is not on the list of hosts that the plugin is granted";
        assert_eq!(asked.log.warnings(), [told]);
    }
}

#[tokio::test]
async fn without_a_grant_there_is_no_http() {
    let asked = ask(config(None), Grants::default(), &json!({"do": "fetch", "url": "http://127.0.0.2/"})).await;
    assert_eq!(asked.told(), json!([{"error": "HttpRequestDenied"}]));
    assert_eq!(asked.log.warnings(), ["request to any host denied: the plugin is not granted HTTP"]);
}

#[tokio::test]
async fn a_private_address_is_not_reached_however_it_is_spelled() {
    let server = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    let port = server.port;
    let inside = ["127.0.0.1", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433", "localhost"];
    for host in inside {
        let asked = fetch(None, &json!(["*"]), &format!("http://{host}:{port}/")).await;
        assert_eq!(asked.told(), json!([{"error": "DestinationIpProhibited"}]), "{host}");
        let warnings = asked.log.warnings();
        assert!(matches!(warnings.as_slice(), [one] if one.contains("neither public nor allowed")), "{warnings:?}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_name_that_answers_otherwise_the_second_time_gains_nothing() {
    let inside = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    let outside = Server::start_on("127.0.0.2", inside.port, "200 OK", "public", "connection: close\r\n").await;
    let resolver = scripted(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let hook = json!({"do": "again", "count": 2, "url": format!("http://rebind.example:{}/", inside.port)});
    let asked = ask(config(resolver), Grants::any_host(), &hook).await;
    assert_eq!(asked.told(), json!([{"status": 200, "body": 6}, {"error": "DestinationIpProhibited"}]));
    assert_eq!((outside.requests(), inside.requests()), (1, 0));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_are_permitted_are_tried() {
    let inside = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    let _outside = Server::start_on("127.0.0.2", inside.port, "200 OK", "public!", "").await;
    let resolver = scripted(&[&["127.0.0.1", "127.0.0.2"]]);
    let asked = fetch(resolver, &json!(["*"]), &format!("http://both.example:{}/", inside.port)).await;
    assert_eq!(asked.told(), json!([{"status": 200, "body": 7}]));
    assert_eq!(inside.requests(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_leads_nowhere() {
    let inside = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    let location = format!("location: http://127.0.0.1:{}/\r\n", inside.port);
    let outside = Server::start("127.0.0.2", "302 Found", "", &location).await;
    let asked = fetch(None, &json!(["*"]), &format!("http://127.0.0.2:{}/", outside.port)).await;
    assert_eq!(asked.told(), json!([{"status": 302, "body": 0}, {"error": "DestinationIpProhibited"}]));
    assert_eq!(inside.requests(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_host_that_is_not_granted_leads_nowhere() {
    let other = Server::start("127.0.0.2", "200 OK", "other", "").await;
    let location = format!("location: http://127.0.0.2:{}/\r\n", other.port);
    let first = Server::start("127.0.0.2", "307 Temporary Redirect", "", &location).await;
    let granted = json!([format!("127.0.0.2:{}", first.port)]);
    let asked = fetch(None, &granted, &format!("http://127.0.0.2:{}/", first.port)).await;
    assert_eq!(asked.told(), json!([{"status": 307, "body": 0}, {"error": "HttpRequestDenied"}]));
    assert_eq!(other.requests(), 0);
}

#[tokio::test]
async fn bodies_and_headers_are_bounded() {
    let mut small = config(None);
    (small.limits.http_response_bytes, small.limits.http_request_bytes) = (4, 4);
    let long = Server::start("127.0.0.2", "200 OK", "hello", "").await;
    let url = format!("http://127.0.0.2:{}/", long.port);
    let asked = ask(small.clone(), Grants::any_host(), &json!({"do": "fetch", "url": url})).await;
    assert_eq!(asked.told(), json!([{"error": "HTTP response body size exceeds limit: 4 bytes"}]));
    assert_eq!(asked.log.warnings(), [format!("response of 127.0.0.2:{} has more than 4 bytes: cut off", long.port)]);
    let asked = ask(small, Grants::any_host(), &json!({"do": "send", "url": url, "bytes": 5})).await;
    assert_eq!(asked.told(), json!({"error": "HttpRequestBodySize"}));
    let head = format!("x-long: {}\r\n", "x".repeat(300 << 10));
    let heavy = Server::start("127.0.0.2", "200 OK", "", &head).await;
    let asked = fetch(None, &json!(["*"]), &format!("http://127.0.0.2:{}/", heavy.port)).await;
    assert_eq!(asked.told(), json!([{"error": "HttpResponseHeaderSectionSize"}]));
}

#[tokio::test]
async fn requests_at_once_and_altogether_are_bounded() {
    let server = Server::start("127.0.0.2", "200 OK", "", "").await;
    let url = format!("http://127.0.0.2:{}/", server.port);
    let mut few = config(None);
    (few.limits.http_concurrent, few.limits.http_requests) = (2, 3);
    let asked = ask(few.clone(), Grants::any_host(), &json!({"do": "many", "url": url, "count": 3})).await;
    assert_eq!(asked.told(), json!([200, 200, "ConnectionLimitReached"]));
    let asked = ask(few, Grants::any_host(), &json!({"do": "again", "url": url, "count": 4})).await;
    let told = asked.told();
    assert_eq!(told.as_array().unwrap().last(), Some(&json!({"error": "HttpRequestDenied"})), "{told}");
    assert_eq!(asked.log.warnings().len(), 1);
}

#[tokio::test]
async fn a_million_lines_are_a_few_and_a_word_that_there_were_more() {
    let mut config = support::config();
    config.limits.log_lines = 10;
    let hook = json!({"do": "log", "lines": 50_000, "text": "a\u{1b}[31mline\nor two"});
    let asked = ask(config, Grants::default(), &hook).await;
    assert_eq!(asked.told(), json!("logged"));
    let lines = asked.log.lines();
    assert_eq!(lines.len(), 11);
    assert_eq!(lines.first().unwrap(), "a [31mline or two");
    assert!(lines.last().unwrap().contains("more than 10 lines"), "{lines:?}");
}
