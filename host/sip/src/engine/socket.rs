//! The UDP socket under the SIP library: what ICMP says reaches the legs, and never the library's read loop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use nix::sys::socket::{setsockopt, sockopt};
use rsipstack::platform::net::UdpSocket as LibrarySocket;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::faults::Faults;
use super::icmp;
use super::screen::{Screen, Verdict};

/// How often a send is repeated because the kernel reported somebody else's ICMP error on it.
const SEND_ATTEMPTS: usize = 4;

/// A burst of messages that the socket may hold while the reader is busy.
const RECEIVE_BUFFER: usize = 4 << 20;

/// A UDP socket that reports unreachable destinations to [`Faults`].
pub(crate) struct WatchedSocket {
    socket: UdpSocket,
    local: SocketAddr,
    faults: Arc<Faults>,
    screen: Screen,
}

impl WatchedSocket {
    /// Binds `listen`.
    pub(crate) async fn bind(listen: SocketAddr, faults: Arc<Faults>) -> io::Result<Self> {
        let socket = UdpSocket::bind(listen).await?;
        let local = socket.local_addr()?;
        icmp::enable(&socket, local)?;
        // The system grants what it allows; a small buffer only means more retransmissions.
        let _ = setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER);
        Ok(Self { socket, local, faults, screen: Screen::new() })
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
                    let length = skip_blank_lines(buf, length);
                    match self.screen.look(buf.get(..length).unwrap_or_default(), from) {
                        Verdict::Pass => return Ok((length, from)),
                        // Best effort: a lost answer is asked for again.
                        Verdict::Answer(response) => drop(self.socket.send_to(&response, from).await),
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

/// Moves a message to the front of `buf` over the blank lines before it, which RFC 3261 §7.5 wants ignored. A datagram
/// of nothing else is a keep-alive and stays.
fn skip_blank_lines(buf: &mut [u8], length: usize) -> usize {
    let datagram = buf.get(..length).unwrap_or_default();
    match datagram.iter().position(|byte| !b"\r\n".contains(byte)) {
        None | Some(0) => length,
        Some(start) => {
            buf.copy_within(start..length, 0);
            length - start
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_before_a_message_are_skipped_and_a_keep_alive_is_kept() {
        let skip = |text: &[u8]| {
            let mut buf = text.to_vec();
            let length = skip_blank_lines(&mut buf, text.len());
            buf[..length].to_vec()
        };
        assert_eq!(skip(b"\r\n\r\nBYE "), b"BYE ");
        assert_eq!(skip(b"\r\n\r\n"), b"\r\n\r\n");
        assert_eq!(skip(b"BYE \r\n"), b"BYE \r\n");
    }
}
