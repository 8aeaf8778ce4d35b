//! What can go wrong before a leg exists, and what a command to a leg can answer.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// A failure of the stack itself or of a command to a leg.
#[derive(Debug, Error)]
pub enum SipError {
    /// The listening socket could not be set up.
    #[error("cannot listen on {listen}: {source}")]
    Bind {
        /// The address asked for.
        listen: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The leg has ended; commands reach nobody.
    #[error("the leg has ended")]
    LegGone,
    /// The command needs an answered leg.
    #[error("the leg is not answered")]
    NotAnswered,
    /// A method that is not sent inside a dialog at will.
    #[error("method: {0} is not one of INFO, MESSAGE, NOTIFY and OPTIONS")]
    Method(String),
    /// The body of a request is too long.
    #[error("body: longer than {limit} bytes")]
    BodyTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Not a DTMF digit.
    #[error("digit: {0:?} is not one of 0-9, *, # and A-D")]
    Digit(char),
    /// A header given with the command is refused.
    #[error(transparent)]
    Header(#[from] HeaderFault),
    /// The practice carrier was asked for an answer that is not a final status.
    #[error("answer: {0} is not a final SIP status (200 to 699)")]
    NotFinal(u16),
}

/// Why an INVITE was not started. Nothing has been sent.
#[derive(Debug, Error)]
pub enum InviteError {
    /// A URI is not one that an INVITE can carry.
    #[error("{field}: {fault}")]
    Uri {
        /// The field of [`crate::Invite`].
        field: &'static str,
        /// The rule that it breaks.
        fault: UriFault,
    },
    /// A header is refused.
    #[error(transparent)]
    Header(#[from] HeaderFault),
    /// The Call-ID is not a word of RFC 3261 §25.1.
    #[error("call_id: must be 1 to 128 visible ASCII characters without separators")]
    CallId,
    /// The user name cannot be written into a header.
    #[error("credentials.username: must be 1 to 256 characters without control characters")]
    Username,
    /// The session description is too long for an INVITE.
    #[error("sdp: longer than {limit} bytes")]
    SdpTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// As many legs as configured are live.
    #[error("all {limit} legs are in use")]
    Busy {
        /// The configured `max_legs`.
        limit: usize,
    },
    /// The stack is shutting down.
    #[error("the SIP stack is shutting down")]
    ShuttingDown,
}

/// The rule of a SIP URI that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UriFault {
    /// Longer than the limit.
    #[error("longer than 512 bytes")]
    TooLong,
    /// Neither `sip:` nor `tel:`.
    #[error("the scheme must be sip (or tel for from_uri and to_uri)")]
    Scheme,
    /// A character that no URI may hold.
    #[error("holds a space, a control character, a quote or an angle bracket")]
    Character,
    /// The host is missing or misspelt.
    #[error("the host is missing or malformed")]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// A transport other than UDP and TCP.
    #[error("the transport must be udp or tcp")]
    Transport,
}

/// The rule that a user-given header broke.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderFault {
    /// The name is not a token of RFC 3261 §25.1, or too long.
    #[error("headers: a name must be a token of at most 64 characters")]
    Name,
    /// The stack writes this header itself.
    #[error("headers: {0} is set by the stack")]
    Owned(String),
    /// The value holds CR, LF or another control character.
    #[error("headers: the value of {0} holds a control character")]
    Control(String),
    /// The value is too long.
    #[error("headers: the value of {0} is longer than 1024 bytes")]
    TooLong(String),
    /// Too many headers.
    #[error("headers: more than 48 headers")]
    TooMany,
}
