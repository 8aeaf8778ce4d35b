//! WebSockets to web servers: the same addresses as for HTTP, the same trust, bounded messages.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::Uri;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tower_service::Service;

use super::HttpClients;
use super::connector::{Connector, Held};
use super::resolver::GuardedResolver;

/// Bytes of a message that comes in.
const MAX_MESSAGE: usize = 24 << 10;

/// Bytes that wait for a slow server before it is given up.
const MAX_WAITING: usize = 1 << 20;

/// Connecting, TLS and the WebSocket handshake together.
const HANDSHAKE: Duration = Duration::from_millis(1_500);

/// Sending one message, and saying goodbye.
const SEND: Duration = Duration::from_secs(5);

type Stream = WebSocketStream<TokioIo<MaybeHttpsStream<Held>>>;

/// Where a WebSocket is opened, and how.
#[derive(Clone)]
pub struct SocketRequest {
    /// `ws://…` or `wss://…`; a fragment is not sent.
    pub url: String,
    /// The sub-protocol, which the server must choose.
    pub protocol: &'static str,
    /// Further headers of the handshake.
    pub headers: Vec<(&'static str, String)>,
}

/// Why there is no WebSocket. Without the URL: its query is nobody's business but its owner's.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The URL.
    #[error("has a url that cannot be used")]
    Url,
    /// The time.
    #[error("did not accept a connection in time")]
    Time,
    /// No connection.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// An answer that opens none.
    #[error("answered {0}")]
    Status(u16),
    /// Another protocol.
    #[error("did not speak the protocol as it should: {0}")]
    Protocol(String),
}

/// An open WebSocket.
pub struct WebSocket(Box<Stream>);

/// What comes out of one.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Text(String),
    /// It is over; in good order where the server said so.
    Closed {
        /// Whether the server said goodbye.
        gracefully: bool,
    },
}

impl HttpClients {
    pub(crate) async fn open_socket(&self, request: SocketRequest) -> Result<WebSocket, SocketError> {
        timeout(HANDSHAKE, self.handshake(request)).await.map_err(|_| SocketError::Time)?
    }

    async fn handshake(&self, request: SocketRequest) -> Result<WebSocket, SocketError> {
        let uri: Uri = request.url.split('#').next().unwrap_or_default().parse().map_err(|_| SocketError::Url)?;
        let stream = self.stream(&uri).await?;
        let request = request
            .headers
            .into_iter()
            .fold(ClientRequestBuilder::new(uri).with_sub_protocol(request.protocol), |request, (name, value)| {
                request.with_header(name, value)
            });
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE))
            .max_write_buffer_size(MAX_WAITING);
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(stream, _)| WebSocket(Box::new(stream))).map_err(told)
    }

    /// A connection of its own: it lasts as long as a call.
    async fn stream(&self, uri: &Uri) -> Result<TokioIo<MaybeHttpsStream<Held>>, SocketError> {
        let scheme = match uri.scheme_str() {
            Some("ws") => "http",
            Some("wss") => "https",
            _ => return Err(SocketError::Url),
        };
        let authority = uri.authority().ok_or(SocketError::Url)?.as_str();
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
        let resolver = GuardedResolver { policy: Arc::clone(&self.policy), resolver: Arc::clone(&self.resolver) };
        let connector = Connector::new(resolver, Arc::new(Semaphore::new(1)));
        let mut connector = HttpsConnectorBuilder::new()
            .with_tls_config(self.tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let connected = connector.call(uri.map_err(|_| SocketError::Url)?).await;
        connected.map(TokioIo::new).map_err(|error| SocketError::Unreachable(innermost(&*error)))
    }
}

impl WebSocket {
    /// Sends a text message.
    ///
    /// # Errors
    /// Where the connection is of no use any more.
    pub async fn send(&mut self, text: String) -> Result<(), SocketError> {
        let sent = timeout(SEND, self.0.send(Message::text(text))).await;
        sent.map_err(|_| SocketError::Time)?.map_err(told)
    }

    /// The next message. May be dropped and asked again.
    pub async fn receive(&mut self) -> Received {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Received::Text(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => {
                    let gracefully = frame.is_some_and(|frame| frame.code == CloseCode::Normal);
                    return Received::Closed { gracefully };
                }
                // Pings are answered below; nothing else is spoken here.
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Received::Closed { gracefully: false },
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "call ended".into() };
        // The server may be gone.
        let _ = timeout(SEND, Stream::close(&mut self.0, Some(frame))).await;
    }
}

fn told(error: Error) -> SocketError {
    match error {
        Error::Http(response) => SocketError::Status(response.status().as_u16()),
        Error::Io(error) => SocketError::Unreachable(innermost(&error)),
        Error::ConnectionClosed | Error::AlreadyClosed => SocketError::Unreachable("it was closed".into()),
        error => SocketError::Protocol(error.to_string()),
    }
}

/// The cause that says most.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
