//! WebSockets from the host: the same guard as HTTP, a sub-protocol, bounds.
#![allow(clippy::unwrap_used, clippy::panic, clippy::result_large_err, reason = "helpers of tests")]

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use strowger_sandbox::{AddressPolicy, Received, Sandbox, SandboxConfig, SocketError, SocketRequest, WebSocket};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

const PROTOCOL: &str = "spoken.example";

fn sandbox(allowed: &[&str]) -> Sandbox {
    let addresses = AddressPolicy { allowed: allowed.iter().map(|network| network.parse().unwrap()).collect() };
    Sandbox::new(SandboxConfig { instances: 10, addresses, ..SandboxConfig::default() }).unwrap()
}

async fn open(address: SocketAddr) -> Result<WebSocket, SocketError> {
    let headers = vec![("authorization", "Basic dTpw".to_owned())];
    let request = SocketRequest { url: format!("ws://{address}/path?a=b#rc=1"), protocol: PROTOCOL, headers };
    sandbox(&["127.0.0.0/8"]).open_socket(request).await
}

type Accepted = JoinHandle<WebSocketStream<TcpStream>>;

/// A server that accepts one WebSocket if it is asked for as it should be.
async fn server(protocol: Option<&'static str>) -> (SocketAddr, Accepted) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let judge = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            assert_eq!(request.uri().to_string(), "/path?a=b");
            assert_eq!(request.headers()["authorization"], "Basic dTpw");
            assert_eq!(request.headers()["sec-websocket-protocol"], PROTOCOL);
            if let Some(protocol) = protocol {
                response.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
            }
            Ok(response)
        };
        tokio_tungstenite::accept_hdr_async(stream, judge).await.unwrap()
    });
    (address, accepted)
}

#[tokio::test]
async fn messages_go_both_ways_until_one_side_says_goodbye() {
    let (address, accepted) = server(Some(PROTOCOL)).await;
    let mut socket = open(address).await.unwrap_or_else(|error| panic!("{error}"));
    let mut server = accepted.await.unwrap();
    socket.send("hello".into()).await.unwrap();
    assert_eq!(server.next().await.unwrap().unwrap(), Message::text("hello"));
    server.send(Message::Ping("are you there".into())).await.unwrap();
    server.send(Message::text("verbs")).await.unwrap();
    assert_eq!(socket.receive().await, Received::Text("verbs".into()));
    server.close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() })).await.unwrap();
    assert_eq!(socket.receive().await, Received::Closed { gracefully: true });
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_connection() {
    let (address, accepted) = server(Some(PROTOCOL)).await;
    let mut socket = open(address).await.unwrap_or_else(|error| panic!("{error}"));
    let mut server = accepted.await.unwrap();
    server.send(Message::text("x".repeat(24 << 10))).await.unwrap();
    assert!(matches!(socket.receive().await, Received::Text(_)));
    server.send(Message::text("x".repeat((24 << 10) + 1))).await.unwrap();
    assert_eq!(socket.receive().await, Received::Closed { gracefully: false });
}

#[tokio::test]
async fn another_sub_protocol_is_none() {
    for protocol in [None, Some("another.example")] {
        let (address, _accepted) = server(protocol).await;
        assert!(matches!(open(address).await, Err(SocketError::Protocol(_))), "{protocol:?}");
    }
}

#[tokio::test]
async fn what_http_may_not_reach_web_sockets_may_not_either() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for host in
        [listener.local_addr().unwrap().to_string(), format!("localhost:{}", listener.local_addr().unwrap().port())]
    {
        let request = SocketRequest { url: format!("ws://{host}/"), protocol: PROTOCOL, headers: Vec::new() };
        let refused = sandbox(&[]).open_socket(request).await.err().unwrap().to_string();
        assert_eq!(refused, "cannot be reached: the address is not public and not allowed", "{host}");
    }
    let unread = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(unread.is_err(), "nobody connected");
}
