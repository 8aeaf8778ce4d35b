//! A UDP socket that stands where a carrier or its media should: it hears everything and says only what it is told to.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;

use crate::SipMessage;
use crate::wait::PATIENCE;

/// A bound socket of 127.0.0.1.
pub struct BareSocket {
    socket: UdpSocket,
    /// Its port.
    pub port: u16,
}

impl BareSocket {
    /// Binds a free port.
    ///
    /// # Panics
    /// Where there is none.
    pub async fn bind() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let port = socket.local_addr().expect("a bound socket has an address").port();
        Self { socket, port }
    }

    /// The next datagram and who sent it.
    ///
    /// # Panics
    /// Where none comes in time.
    pub async fn datagram(&self) -> (Vec<u8>, SocketAddr) {
        let heard = tokio::time::timeout(PATIENCE, self.receive()).await;
        heard.unwrap_or_else(|_| panic!("nothing was sent to port {} within {PATIENCE:?}", self.port))
    }

    /// The next SIP request of that method and who sent it; retransmissions of others are passed over.
    ///
    /// # Panics
    /// Where none comes in time.
    pub async fn request(&self, method: &str) -> (SipMessage, SocketAddr) {
        loop {
            let (datagram, sender) = self.datagram().await;
            let message = SipMessage(String::from_utf8_lossy(&datagram).into_owned());
            if message.method() == method {
                return (message, sender);
            }
        }
    }

    /// Datagrams until nothing has come for that long.
    pub async fn datagrams_until_silence(&self, silence: Duration) -> Vec<Vec<u8>> {
        let mut datagrams = vec![self.datagram().await.0];
        while let Ok((datagram, _)) = tokio::time::timeout(silence, self.receive()).await {
            datagrams.push(datagram);
        }
        datagrams
    }

    /// Everything that has arrived and was not asked for yet.
    #[must_use]
    pub fn waiting(&self) -> Vec<SipMessage> {
        let mut buffer = vec![0; 65_536];
        let mut messages = Vec::new();
        while let Ok(length) = self.socket.try_recv(&mut buffer) {
            messages.push(SipMessage(String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned()));
        }
        messages
    }

    /// Sends a datagram.
    ///
    /// # Panics
    /// Where it cannot be sent.
    pub async fn send(&self, text: &str, to: SocketAddr) {
        self.socket.send_to(text.as_bytes(), to).await.expect("loopback takes datagrams");
    }

    /// Refuses a request.
    pub async fn refuse(&self, request: &SipMessage, status: u16, to: SocketAddr) {
        self.send(&request.answered(status), to).await;
    }

    async fn receive(&self) -> (Vec<u8>, SocketAddr) {
        let mut buffer = vec![0; 65_536];
        loop {
            // An ICMP error of something that was sent earlier is no datagram.
            if let Ok((length, sender)) = self.socket.recv_from(&mut buffer).await {
                buffer.truncate(length);
                return (buffer, sender);
            }
        }
    }
}
