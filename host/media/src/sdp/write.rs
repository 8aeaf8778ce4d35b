//! Our own descriptions.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::{TELEPHONE_EVENT, family};
use crate::Codec;

/// What a description says of our end.
#[derive(Debug, Clone)]
pub(crate) struct Local<'a> {
    pub address: SocketAddr,
    /// The same in every description of one session.
    pub session_id: u32,
    /// One more with every description (RFC 3264 section 8).
    pub version: u32,
    pub codecs: &'a [(u8, Codec)],
    /// RTCP comes on the port of RTP.
    pub rtcp_mux: bool,
}

/// The text of an offer, which also takes RFC 4733 events both ways.
pub(crate) fn describe(local: &Local<'_>) -> String {
    let (ip, port) = (local.address.ip(), local.address.port());
    let family = family(ip);
    let mut text = format!(
        "v=0\r\no=- {id} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP",
        id = local.session_id,
        version = local.version,
    );
    let mut maps = String::new();
    for (payload_type, codec) in local.codecs {
        let _ = write!(text, " {payload_type}");
        let _ = write!(maps, "a=rtpmap:{payload_type} {}/8000\r\n", codec.name());
    }
    let _ = write!(
        text,
        " {TELEPHONE_EVENT}\r\n{maps}a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000\r\n\
         a=fmtp:{TELEPHONE_EVENT} 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    );
    if local.rtcp_mux {
        text.push_str("a=rtcp-mux\r\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_lists_codecs_in_order_and_events_last() {
        let local = Local {
            address: "192.0.2.7:4002".parse().unwrap(),
            session_id: 7,
            version: 1,
            codecs: &[(8, Codec::Pcma), (0, Codec::Pcmu)],
            rtcp_mux: false,
        };
        assert_eq!(
            describe(&local),
            "v=0\r\no=- 7 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n\
             m=audio 4002 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
        );
        assert!(describe(&Local { rtcp_mux: true, ..local }).ends_with("a=sendrecv\r\na=rtcp-mux\r\n"));
    }
}
