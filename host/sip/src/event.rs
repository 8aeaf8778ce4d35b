//! What a leg tells its owner.

use std::time::Duration;

/// Which side of a leg did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// This side.
    Near,
    /// The far end.
    Far,
}

/// A step in the life of an outbound leg.
///
/// Every leg ends with exactly one of [`Refused`](Self::Refused), [`Unreachable`](Self::Unreachable) and
/// [`Ended`](Self::Ended); the channel closes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegEvent {
    /// The INVITE was handed to the socket. Sent once, however many addresses or challenges follow.
    Sent,
    /// 100 Trying: somebody is there, nothing more.
    Trying,
    /// A 18x: ringing, forwarding, or early media when there is a session description.
    Progress {
        /// The status code, 101 to 199.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// The session description, if the response carried one.
        sdp: Option<String>,
    },
    /// A 2xx; the ACK has been sent.
    Answered {
        /// The status code, 200 to 299.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// The answer to the offered session description.
        sdp: Option<String>,
    },
    /// The far end changed the session (hold, resume, new media address); it has been answered already.
    Reoffer {
        /// The far end's session description.
        sdp: String,
    },
    /// A DTMF digit or another in-dialog INFO of the far end.
    Info {
        /// The media type of the body.
        content_type: String,
        /// The body, at most 1 KiB.
        body: String,
    },
    /// A final status from 300 to 699. 408 is also what silence until Timer B becomes (RFC 3261 §8.1.3.1).
    Refused {
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// The `Retry-After` of the response.
        retry_after: Option<Duration>,
        /// The response's other headers.
        headers: Vec<(String, String)>,
    },
    /// No address of the far end could be reached: a name, a connection, or an ICMP error.
    Unreachable {
        /// What failed.
        reason: String,
    },
    /// An answered leg is over, or an unanswered one was abandoned without a final status.
    Ended {
        /// Who ended it.
        by: Party,
        /// The `Reason` header of the far end's BYE (RFC 3326), or why this side let go.
        reason: Option<String>,
        /// The BYE's other headers.
        headers: Vec<(String, String)>,
    },
}

impl LegEvent {
    /// Whether this is the leg's last event.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unreachable { .. } | Self::Ended { .. })
    }
}
