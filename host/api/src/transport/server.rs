//! The HTTP/1.1 server: connections, header sizes and waiting times are bounded, and it ends when its last request has.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Layer;

use super::peer::Peer;

/// What one listener takes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at the same time; more are answered 503 and closed.
    pub connections: usize,
    /// The time a client has for the head of a request, waiting between two requests included.
    pub header_timeout: Duration,
    /// Bytes of a request's head; more are answered 431.
    pub header_bytes: usize,
    /// Header lines of a request; more are answered 431.
    pub headers: usize,
    /// The time that requests under way have to end at shutdown.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_timeout: Duration::from_secs(30),
            header_bytes: 32 * 1024,
            headers: 100,
            drain: Duration::from_secs(10),
        }
    }
}

/// Serves `router` within the default [`Limits`] until `shutdown` resolves.
pub async fn serve(listener: TcpListener, router: axum::Router, shutdown: impl Future<Output = ()>) {
    serve_within(Limits::default(), listener, router, shutdown).await;
}

/// Serves `router` until `shutdown` resolves, then lets the requests under way end.
pub async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    router: axum::Router,
    shutdown: impl Future<Output = ()>,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let http = connection_builder(&limits);
    tokio::pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            tokio::spawn(refuse(stream));
            continue;
        };
        let service = TowerToHyperService::new(Extension(Peer(peer.ip())).layer(router.clone()));
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off at shutdown");
    }
}

fn connection_builder(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(limits.header_bytes)
        .max_headers(limits.headers);
    http
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small replies must not wait for the client's delayed acknowledgement; without the option they only come later.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// Out of file descriptors the next accept fails at once; waiting lets connections close.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "accept failed");
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn refuse(mut stream: TcpStream) {
    const REFUSAL: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let write = async {
        stream.write_all(REFUSAL).await?;
        stream.shutdown().await
    };
    // The client is being turned away; whether it heard why changes nothing here.
    let _ = tokio::time::timeout(Duration::from_secs(1), write).await;
}
