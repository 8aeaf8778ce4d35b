//! A server that writes bytes, whatever they mean.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does once it has written them.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Close,
    Hang,
}

/// Ended when dropped.
pub(crate) struct RawServer {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl RawServer {
    /// Reads a request from every connection, and answers it with these bytes.
    pub(crate) async fn answering(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, bytes) = (listener.local_addr().unwrap(), bytes.into());
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, bytes.clone(), then));
            }
        });
        Self { address, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/call", self.address)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(mut connection: TcpStream, bytes: Vec<u8>, then: Then) {
    read_request(&mut connection).await;
    // Whoever asked may have heard enough.
    let _ = connection.write_all(&bytes).await;
    if let Then::Hang = then {
        std::future::pending::<()>().await;
    }
    let _ = connection.shutdown().await;
}

/// The head, and as much of a body as it announces.
async fn read_request(connection: &mut TcpStream) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= announced.unwrap_or(0) {
                return;
            }
        }
        match connection.read(&mut buffer).await {
            Ok(length) if length > 0 => request.extend_from_slice(&buffer[..length]),
            _ => return,
        }
    }
}
