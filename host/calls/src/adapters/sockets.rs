//! WebSockets to applications, through the guard of everything that plugins send.

use async_trait::async_trait;
use strowger_sandbox::{Received, Sandbox, SocketError, SocketRequest, WebSocket};

use crate::ports::{Socket, Sockets};

/// The sub-protocol of hooks.
const PROTOCOL: &str = "ws.jambonz.org";

#[async_trait]
impl Sockets for Sandbox {
    async fn open(&self, url: &str, authorization: Option<String>) -> Result<Box<dyn Socket>, String> {
        let mut headers = vec![("user-agent", concat!("strowger/", env!("CARGO_PKG_VERSION")).to_owned())];
        headers.extend(authorization.map(|credentials| ("authorization", credentials)));
        let request = SocketRequest { url: url.to_owned(), protocol: PROTOCOL, headers };
        let socket = self.open_socket(request).await.map_err(|error| error.to_string())?;
        Ok(Box::new(socket))
    }
}

#[async_trait]
impl Socket for WebSocket {
    async fn send(&mut self, text: String) -> Result<(), String> {
        Self::send(self, text).await.map_err(|error: SocketError| error.to_string())
    }

    async fn receive(&mut self) -> Received {
        Self::receive(self).await
    }

    async fn close(self: Box<Self>) {
        Self::close(*self).await;
    }
}
