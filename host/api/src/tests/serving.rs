//! The server on a socket: what a client meets before any route.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::harness::Api;
use crate::{Limits, serve_within};

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn served(limits: Limits) -> Served {
    let api = Api::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve_within(limits, listener, api.router, async { drop(stopped.await) }));
    Served { address, stop, server }
}

/// Everything that the server says until it closes.
async fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    // A server that refuses early may reset the connection; what it said first is what counts.
    let _ = stream.read_to_end(&mut said).await;
    String::from_utf8(said).unwrap()
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn it_serves_and_ends_when_told() {
    let served = served(Limits::default()).await;
    let said = exchange(&mut TcpStream::connect(served.address).await.unwrap(), HEALTH).await;
    assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("OK"), "{said}");
    served.stop.send(()).unwrap();
    served.server.await.unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_end_up() {
    let served = served(Limits::default()).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    served.stop.send(()).unwrap();
    served.server.await.unwrap();
}

#[tokio::test]
async fn connections_over_the_limit_are_turned_away_with_503() {
    let served = served(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = TcpStream::connect(served.address).await.unwrap();
    first.write_all(b"GET /health HTTP/1.1\r\n").await.unwrap();
    let mut second = TcpStream::connect(served.address).await.unwrap();
    let mut said = String::new();
    second.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("Retry-After: 1"), "{said}");
    assert!(exchange(&mut first, "Host: a\r\nConnection: close\r\n\r\n").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let served = served(Limits { header_timeout: Duration::from_millis(100), ..Limits::default() }).await;
    let said = exchange(&mut TcpStream::connect(served.address).await.unwrap(), "GET /health HTTP/1.1\r\nHost").await;
    assert!(!said.contains("200"), "{said}");
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let served = served(Limits { header_timeout: Duration::from_millis(100), ..Limits::default() }).await;
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    let mut nothing = Vec::new();
    silent.read_to_end(&mut nothing).await.unwrap();
    assert!(!String::from_utf8_lossy(&nothing).contains("200"));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_431() {
    let served = served(Limits { header_bytes: 8_192, headers: 20, ..Limits::default() }).await;
    let long = format!("GET /health HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let many = format!("GET /health HTTP/1.1\r\n{}\r\n", "X: 1\r\n".repeat(30));
    for request in [long, many] {
        let said = exchange(&mut TcpStream::connect(served.address).await.unwrap(), &request).await;
        assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    }
}
