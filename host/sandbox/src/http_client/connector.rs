//! Opens connections: a bounded number, to permitted addresses only.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower_service::Service;

use super::CONNECT_TIMEOUT;
use super::resolver::GuardedResolver;
use super::told::Refusal;
use crate::guard::AddressPolicy;

type Failure = Box<dyn StdError + Send + Sync>;

#[derive(Clone)]
pub(super) struct Connector {
    policy: Arc<AddressPolicy>,
    http: HttpConnector<GuardedResolver>,
    connections: Arc<Semaphore>,
}

impl Connector {
    pub(super) fn new(resolver: GuardedResolver, connections: Arc<Semaphore>) -> Self {
        let policy = Arc::clone(&resolver.policy);
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        http.set_nodelay(true);
        Self { policy, http, connections }
    }

    /// Literal addresses never come to the resolver.
    fn check_literal(&self, uri: &Uri) -> Result<(), Refusal> {
        let host = uri.host().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match literal {
            Some(address) if !self.policy.permits(address) => Err(Refusal::Prohibited),
            _ => Ok(()),
        }
    }

    async fn connect(mut self, uri: Uri) -> Result<Held, Failure> {
        self.check_literal(&uri)?;
        let turn = timeout(CONNECT_TIMEOUT, self.connections.acquire_owned()).await;
        let turn = turn.map_err(|_| Refusal::Connections)??;
        let stream = self.http.call(uri).await?;
        Ok(Held { stream, _turn: turn })
    }
}

impl Service<Uri> for Connector {
    type Response = Held;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Held, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// A connection that counts against its account's number for as long as it is open.
pub(super) struct Held {
    stream: TokioIo<TcpStream>,
    _turn: OwnedSemaphorePermit,
}

impl Connection for Held {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

impl Read for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Held {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client::SystemResolver;

    #[test]
    fn a_literal_private_address_is_refused_before_a_socket_opens() {
        let resolver = GuardedResolver { policy: Arc::default(), resolver: Arc::new(SystemResolver) };
        let connector = Connector::new(resolver, Arc::new(Semaphore::new(1)));
        let check = |uri: &str| connector.check_literal(&uri.parse().unwrap());
        for uri in
            ["http://127.0.0.1:6379/", "http://[::1]/", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/"]
        {
            assert!(matches!(check(uri), Err(Refusal::Prohibited)), "{uri}");
        }
        assert!(check("http://93.184.216.34/").is_ok());
    }
}
