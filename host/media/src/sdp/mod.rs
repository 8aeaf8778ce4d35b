//! Session descriptions (RFC 8866) of one audio stream, and the offer/answer model over them (RFC 3264).

mod parse;
mod write;

use std::net::{IpAddr, SocketAddr};

pub(crate) use parse::parse;
pub(crate) use write::{Local, describe};

use crate::Codec;

/// The dynamic payload type that is offered for RFC 4733 events.
const TELEPHONE_EVENT: u8 = 101;

/// What is wrong with a session description.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// It is longer than is ever read.
    #[error("the session description is longer than {0} bytes")]
    TooLarge(usize),
    /// It is not text.
    #[error("the session description is not text")]
    NotText,
    /// It has no audio stream over RTP/AVP.
    #[error("the session description has no RTP/AVP audio stream")]
    NoAudio,
    /// The audio stream's port is 0.
    #[error("the audio stream was refused")]
    Refused,
    /// The connection address is missing or no IP address.
    #[error("the session description has no usable connection address")]
    NoAddress,
    /// None of the codecs that were offered is in it.
    #[error("no codec in common")]
    NoCodec,
}

/// Which way a stream flows, seen by whoever wrote the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendReceive,
    /// It only sends: the call is held.
    SendOnly,
    /// It only receives.
    ReceiveOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    fn attribute(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn from_attribute(attribute: &str) -> Option<Self> {
        [Self::SendReceive, Self::SendOnly, Self::ReceiveOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.attribute() == attribute)
    }
}

/// The far end's audio stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    pub address: SocketAddr,
    /// In the far end's order of preference.
    pub codecs: Vec<(u8, Codec)>,
    pub telephone_event: Option<u8>,
    pub direction: Direction,
}

/// What both ends agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated {
    /// Where the far end receives.
    pub remote: SocketAddr,
    /// The codec that is sent.
    pub codec: Codec,
    /// Its payload type.
    pub payload_type: u8,
    /// The payload type of RFC 4733 events, if the far end takes them.
    pub telephone_event: Option<u8>,
    /// The far end's view of the flow.
    pub direction: Direction,
}

impl Negotiated {
    /// Whether the far end wants to hear anything. An unspecified address is the older way to hold (RFC 3264 section 8.4).
    #[must_use]
    pub fn may_send(&self) -> bool {
        let listens = matches!(self.direction, Direction::SendReceive | Direction::ReceiveOnly);
        listens && !self.remote.ip().is_unspecified()
    }
}

/// Matches a description against the codecs that may be used: the far end's first choice among them wins.
///
/// # Errors
/// [`SdpError`] where the description is unreadable or nothing is in common.
pub fn negotiate(description: &[u8], codecs: &[Codec]) -> Result<Negotiated, SdpError> {
    let remote = parse(description)?;
    let chosen = remote.codecs.iter().find(|(_, codec)| codecs.contains(codec)).copied();
    let (payload_type, codec) = chosen.ok_or(SdpError::NoCodec)?;
    Ok(Negotiated {
        remote: remote.address,
        codec,
        payload_type,
        telephone_event: remote.telephone_event,
        direction: remote.direction,
    })
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IP4" } else { "IP6" }
}
