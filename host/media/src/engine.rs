//! Where sessions come from.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

use tokio::net::UdpSocket;

use crate::MediaSession;
use crate::ports::{PortLease, PortPool};

/// Where RTP is received.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// The address of every socket, and the one that is offered unless another one is advertised.
    pub ip: IpAddr,
    /// Even ports of this range are used, one a leg.
    pub ports: RangeInclusive<u16>,
}

/// Why no session can be opened.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Every port of the range is in use.
    #[error("all RTP ports are in use")]
    PortsExhausted,
    /// The socket cannot be bound, whatever the port.
    #[error("no RTP socket on {ip}: {source}")]
    Socket {
        /// The configured address.
        ip: IpAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Opens media sessions within the bounds of its port range.
#[derive(Debug)]
pub struct MediaEngine {
    ip: IpAddr,
    advertised: Option<IpAddr>,
    ports: PortPool,
}

impl MediaEngine {
    /// An engine over that range.
    #[must_use]
    pub fn new(config: MediaConfig) -> Arc<Self> {
        Self::advertising(config, None)
    }

    /// An engine whose descriptions offer another address than that of its sockets.
    #[must_use]
    pub fn advertising(config: MediaConfig, advertised: Option<IpAddr>) -> Arc<Self> {
        Arc::new(Self { ip: config.ip, advertised, ports: PortPool::new(config.ports) })
    }

    /// A session with a socket of its own. Sends nothing until it is told where to.
    ///
    /// # Errors
    /// [`MediaError::PortsExhausted`] where no port is free.
    pub async fn open(&self) -> Result<MediaSession, MediaError> {
        let mut foreign = Vec::new();
        for _ in 0..self.ports.len() {
            let Some(lease) = self.ports.take() else { break };
            match UdpSocket::bind(SocketAddr::new(self.ip, lease.port())).await {
                Ok(socket) => {
                    return MediaSession::start(socket, lease, self.advertised).map_err(|source| self.broken(source));
                }
                // Another process has it; the lease is held until the end so that the port is not tried twice.
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => foreign.push(lease),
                Err(source) => return Err(self.broken(source)),
            }
        }
        Err(exhausted(foreign))
    }

    fn broken(&self, source: std::io::Error) -> MediaError {
        MediaError::Socket { ip: self.ip, source }
    }
}

fn exhausted(foreign: Vec<PortLease>) -> MediaError {
    drop(foreign);
    MediaError::PortsExhausted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_taken_by_another_process_is_passed_over_and_a_full_range_is_named() {
        let foreign = UdpSocket::bind("127.0.0.9:0").await.unwrap();
        let port = foreign.local_addr().unwrap().port() & !1;
        let blocked = if foreign.local_addr().unwrap().port() == port {
            foreign
        } else {
            UdpSocket::bind(("127.0.0.9", port)).await.unwrap()
        };
        let engine = MediaEngine::new(MediaConfig { ip: blocked.local_addr().unwrap().ip(), ports: port..=port });
        assert!(matches!(engine.open().await, Err(MediaError::PortsExhausted)));
        drop(blocked);
        let session = engine.open().await.unwrap();
        assert_eq!(session.local_address().port(), port);
        assert!(matches!(engine.open().await, Err(MediaError::PortsExhausted)));
    }

    #[tokio::test]
    async fn an_address_that_is_not_ours_is_an_error_of_its_own() {
        let engine = MediaEngine::new(MediaConfig { ip: "192.0.2.1".parse().unwrap(), ports: 20_000..=20_010 });
        assert!(matches!(engine.open().await, Err(MediaError::Socket { .. })));
    }
}
