//! The UDP socket under the SIP library: what ICMP says reaches the legs, and never the library's read loop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use rsipstack::platform::net::UdpSocket as LibrarySocket;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::faults::Faults;
use super::icmp;
use super::unknown;

/// How often a send is repeated because the kernel reported somebody else's ICMP error on it.
const SEND_ATTEMPTS: usize = 4;

/// A UDP socket that reports unreachable destinations to [`Faults`].
pub(crate) struct WatchedSocket {
    socket: UdpSocket,
    local: SocketAddr,
    faults: Arc<Faults>,
}

impl WatchedSocket {
    /// Binds `listen`.
    pub(crate) async fn bind(listen: SocketAddr, faults: Arc<Faults>) -> io::Result<Self> {
        let socket = UdpSocket::bind(listen).await?;
        let local = socket.local_addr()?;
        icmp::enable(&socket, local)?;
        Ok(Self { socket, local, faults })
    }

    /// The bound address.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Hands ICMP errors to the watchers until cancelled.
    pub(crate) async fn watch_errors(self: Arc<Self>, cancel: CancellationToken) {
        let watch = async {
            loop {
                match self.socket.async_io(Interest::ERROR, || icmp::next(&self.socket)).await {
                    Ok(Some((address, error))) => self.faults.report(address, &error),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(%error, "the socket's error queue cannot be read");
                        return;
                    }
                }
            }
        };
        tokio::select! { () = watch => {}, () = cancel.cancelled() => {} }
    }

    /// The kernel keeps one pending error per socket and reports it on whatever call comes next, though it belongs to
    /// another destination; the error queue has it too, with the right address. So such an error is not ours.
    fn is_pending_icmp(error: &io::Error) -> bool {
        use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
        matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable)
    }
}

#[async_trait]
impl LibrarySocket for WatchedSocket {
    async fn recv_from(&self, buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            match self.socket.recv_from(buf).await {
                Ok((length, from)) => {
                    let datagram = buf.get(..length).unwrap_or_default();
                    match unknown::answer(datagram, from) {
                        // Best effort: a lost answer is asked for again.
                        Some(response) => drop(self.socket.send_to(&response, from).await),
                        None => return Ok((length, from)),
                    }
                }
                Err(error) if Self::is_pending_icmp(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn send_to(&self, buf: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        let mut outcome = self.socket.send_to(buf, to).await;
        for _ in 1..SEND_ATTEMPTS {
            match &outcome {
                Err(error) if Self::is_pending_icmp(error) => outcome = self.socket.send_to(buf, to).await,
                _ => break,
            }
        }
        outcome.map_err(|error| {
            self.faults.report(to, &error);
            error.into()
        })
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.local)
    }
}
