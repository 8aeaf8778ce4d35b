//! The SIP library, set up: one socket, its transactions, its faults. The only code that knows how it is wired.

mod bucket;
mod faults;
mod icmp;
mod resolve;
mod screen;
mod socket;

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::sip::{Request, Response};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::{Endpoint, EndpointInnerRef, EndpointOption};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio_util::sync::CancellationToken;

pub(crate) use faults::{Faults, Watch};
pub(crate) use resolve::{Target, resolve};
use socket::WatchedSocket;

use crate::uri::Wire;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// 64*T1, the longest that any transaction waits (RFC 3261 §17).
pub(crate) const TRANSACTION_LIMIT: Duration = Duration::from_secs(32);

/// A served socket with its transaction layer.
pub(crate) struct Engine {
    endpoint: EndpointInnerRef,
    local: SocketAddr,
    advertised: Option<SocketAddr>,
    faults: Arc<Faults>,
    cancel: CancellationToken,
}

impl Engine {
    /// Binds `listen` and serves it until [`Engine::close`]; peers are told `advertised`.
    pub(crate) async fn bind(
        listen: SocketAddr,
        advertised: Option<SocketAddr>,
        user_agent: &str,
    ) -> io::Result<(Arc<Self>, TransactionReceiver)> {
        let faults = Arc::new(Faults::default());
        let socket = Arc::new(WatchedSocket::bind(listen, Arc::clone(&faults)).await?);
        let local = socket.local();
        let cancel = CancellationToken::new();
        tokio::spawn(Arc::clone(&socket).watch_errors(cancel.clone()));
        let transport = TransportLayer::new_with_domain_resolver(cancel.clone(), Box::new(resolve::BoundedResolver));
        let connection =
            UdpConnection::from_socket(socket, None, Some(cancel.child_token())).await.map_err(io::Error::other)?;
        transport.add_transport(SipConnection::Udp(connection));
        let endpoint = EndpointBuilder::new()
            .with_user_agent(user_agent)
            .with_transport_layer(transport)
            .with_cancel_token(cancel.clone())
            .with_option(EndpointOption { timerc: Duration::from_secs(3_600), ..EndpointOption::default() })
            .build();
        let incoming = endpoint.incoming_transactions().map_err(io::Error::other)?;
        let inner = endpoint.inner.clone();
        tokio::spawn(async move { Endpoint::serve(&endpoint).await });
        Ok((Arc::new(Self { endpoint: inner, local, advertised, faults, cancel }), incoming))
    }

    /// The bound address.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Stops serving; transactions end where they are.
    pub(crate) fn close(&self) {
        self.cancel.cancel();
    }

    /// Watches `target` for ICMP and socket errors.
    pub(crate) fn watch(&self, target: Target) -> Watch {
        self.faults.watch(target.address)
    }

    /// The address under which `target` reaches this socket: the advertised one; for a wildcard socket, what the routing table says.
    pub(crate) fn local_toward(&self, target: Target) -> SocketAddr {
        if let Some(advertised) = self.advertised {
            return advertised;
        }
        let source = |remote: SocketAddr| -> io::Result<IpAddr> {
            let probe = UdpSocket::bind((self.local.ip(), 0))?;
            probe.connect(remote)?;
            Ok(probe.local_addr()?.ip())
        };
        match source(target.address) {
            Ok(address) if self.local.ip().is_unspecified() => SocketAddr::new(address, self.local.port()),
            _ => self.local,
        }
    }

    /// A client transaction for `request` over a connection to `target`, opened in bounded time if need be.
    pub(crate) async fn client(&self, request: Request, target: Target) -> Result<Transaction, String> {
        let (connection, destination) = self.connect(target).await?;
        let key = TransactionKey::from_request(&request, TransactionRole::Client).map_err(|error| error.to_string())?;
        let mut transaction = Transaction::new_client(key, request, Arc::clone(&self.endpoint), Some(connection));
        transaction.destination = Some(destination);
        Ok(transaction)
    }

    async fn connect(&self, target: Target) -> Result<(SipConnection, SipAddr), String> {
        let address = target.to_library();
        let lookup = self.endpoint.transport_layer.lookup(&address, None);
        match tokio::time::timeout(CONNECT_LIMIT, lookup).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(format!("{}: {error}", target.address)),
            Err(_) => Err(format!("{}: no connection within {} s", target.address, CONNECT_LIMIT.as_secs())),
        }
    }

    /// Sends an ACK, which has no transaction (RFC 3261 §17).
    pub(crate) async fn send_once(&self, request: Request, target: Target) -> Result<(), String> {
        let (connection, destination) = self.connect(target).await?;
        connection.send(request.into(), Some(&destination)).await.map_err(|error| error.to_string())
    }

    /// Stops the retransmissions of `transaction`, which goes on waiting for an answer.
    pub(crate) fn stop_retransmitting(&self, transaction: &mut Transaction) {
        if let Some(timer) = transaction.timer_a.take() {
            self.endpoint.timers.cancel(timer);
        }
    }

    /// A response to `request`.
    pub(crate) fn response(&self, request: &Request, status: u16, body: Option<Vec<u8>>) -> Response {
        self.endpoint.make_response(request, status.into(), body)
    }

    /// The `User-Agent`.
    pub(crate) fn user_agent(&self) -> &str {
        &self.endpoint.user_agent
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

/// The `Via` transport of a wire.
pub(crate) fn via_transport(wire: Wire) -> &'static str {
    match wire {
        Wire::Udp => "UDP",
        Wire::Tcp => "TCP",
    }
}
