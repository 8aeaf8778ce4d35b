//! Small documents that the host asks for: the same guard as HTTP of plugins, bounds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::net::SocketAddr;
use std::time::Duration;

use http::{HeaderMap, Method};
use strowger_model::Owner;
use strowger_sandbox::{AddressPolicy, FetchError, FetchRequest, Fetched, Sandbox, SandboxConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const LIMIT: usize = 64;

async fn fetch(allowed: &[&str], url: String, wait: Duration) -> Result<Fetched, FetchError> {
    let addresses = AddressPolicy { allowed: allowed.iter().map(|network| network.parse().unwrap()).collect() };
    let sandbox = Sandbox::new(SandboxConfig { instances: 10, addresses, ..SandboxConfig::default() }).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("accept", "application/json".parse().unwrap());
    let request = FetchRequest { owner: Owner::System, method: Method::OPTIONS, url, headers, limit: LIMIT, wait };
    sandbox.fetch(request).await
}

/// A server that takes one request, which it returns, and answers it with a body of that size; with none it stays silent.
async fn server(body: Option<usize>) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        match body {
            Some(length) => {
                let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            // Until the other side has had enough.
            None => assert!(stream.read_u8().await.is_err()),
        }
        String::from_utf8(head).unwrap()
    });
    (address, served)
}

#[tokio::test]
async fn a_document_is_asked_for_and_answered() {
    let (address, served) = server(Some(LIMIT)).await;
    let fetched = fetch(&["127.0.0.0/8"], format!("http://{address}/call?a=b#rc=1"), Duration::from_secs(10)).await;
    let Fetched { status, body } = fetched.unwrap();
    assert_eq!((status.as_u16(), body.len()), (201, LIMIT));
    let asked = served.await.unwrap();
    assert!(asked.starts_with("OPTIONS /call?a=b HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("accept: application/json\r\n"), "{asked}");
}

#[tokio::test]
async fn an_answer_is_bounded_in_size_and_time() {
    let (address, _served) = server(Some(LIMIT + 1)).await;
    let refused = fetch(&["127.0.0.0/8"], format!("http://{address}/"), Duration::from_secs(10)).await;
    assert_eq!(refused, Err(FetchError::Size(LIMIT)));
    let (address, served) = server(None).await;
    let refused = fetch(&["127.0.0.0/8"], format!("http://{address}/"), Duration::from_millis(50)).await;
    assert_eq!(refused, Err(FetchError::Time));
    served.await.unwrap();
}

#[tokio::test]
async fn private_addresses_and_other_schemes_are_refused() {
    for (url, why) in [
        ("http://127.0.0.1:1/", "cannot be reached: its address is neither public nor allowed by the operator"),
        ("http://169.254.169.254/", "cannot be reached: its address is neither public nor allowed by the operator"),
        ("file:///etc/passwd", "has a url that cannot be used"),
        ("/call", "has a url that cannot be used"),
    ] {
        let refused = fetch(&[], url.to_owned(), Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(refused.to_string(), why, "{url}");
    }
}
