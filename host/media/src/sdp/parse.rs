//! The far end's description, read leniently: unknown lines are passed over, bare LF ends a line, and only the first usable
//! audio stream counts.

use std::net::{IpAddr, SocketAddr};

use super::{Direction, Remote, SdpError};
use crate::Codec;

const MAX_BYTES: usize = 16 << 10;
const MAX_FORMATS: usize = 32;

/// One `m=audio` section as far as it is read.
#[derive(Debug)]
struct Section {
    port: u16,
    formats: Vec<u8>,
    address: Option<IpAddr>,
    direction: Option<Direction>,
    maps: Vec<(u8, Encoding)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Codec(Codec),
    TelephoneEvent,
    Other,
}

/// The audio stream of a description.
pub(crate) fn parse(description: &[u8]) -> Result<Remote, SdpError> {
    if description.len() > MAX_BYTES {
        return Err(SdpError::TooLarge(MAX_BYTES));
    }
    let text = std::str::from_utf8(description).map_err(|_| SdpError::NotText)?;
    let mut lines = text.lines().map(str::trim_end).filter_map(|line| line.split_once('='));
    let (mut address, mut direction, mut section) = (None, None, None::<Section>);
    for (kind, value) in lines.by_ref() {
        match (kind, &mut section) {
            ("m", None) => section = Section::from_media_line(value),
            ("m", Some(_)) => break,
            ("c", None) => address = connection(value),
            ("a", None) => direction = Direction::from_attribute(value).or(direction),
            ("c", Some(section)) => section.address = connection(value),
            ("a", Some(section)) => section.attribute(value),
            _ => {}
        }
    }
    section.ok_or(SdpError::NoAudio)?.into_remote(address, direction)
}

impl Section {
    /// `audio PORT RTP/AVP FORMAT...`; none for another kind of stream.
    fn from_media_line(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let (media, port, protocol) = (words.next()?, words.next()?, words.next()?);
        if !media.eq_ignore_ascii_case("audio") || !protocol.to_ascii_uppercase().starts_with("RTP/AVP") {
            return None;
        }
        let port = port.split('/').next()?.parse().ok()?;
        let formats = words.filter_map(|word| word.parse().ok()).take(MAX_FORMATS).collect();
        Some(Self { port, formats, address: None, direction: None, maps: Vec::new() })
    }

    fn attribute(&mut self, value: &str) {
        if let Some(direction) = Direction::from_attribute(value) {
            self.direction = Some(direction);
        } else if let Some(map) = value.strip_prefix("rtpmap:").and_then(rtpmap)
            && self.maps.len() < MAX_FORMATS
        {
            self.maps.push(map);
        }
    }

    fn encoding(&self, format: u8) -> Encoding {
        let mapped = self.maps.iter().find(|(payload_type, _)| *payload_type == format).map(|(_, encoding)| *encoding);
        mapped.unwrap_or_else(|| Codec::from_payload_type(format).map_or(Encoding::Other, Encoding::Codec))
    }

    fn into_remote(self, address: Option<IpAddr>, direction: Option<Direction>) -> Result<Remote, SdpError> {
        if self.port == 0 {
            return Err(SdpError::Refused);
        }
        let ip = self.address.or(address).ok_or(SdpError::NoAddress)?;
        let mut codecs = Vec::new();
        let mut telephone_event = None;
        for format in &self.formats {
            match self.encoding(*format) {
                Encoding::Codec(codec) => codecs.push((*format, codec)),
                Encoding::TelephoneEvent => telephone_event = telephone_event.or(Some(*format)),
                Encoding::Other => {}
            }
        }
        let direction = self.direction.or(direction).unwrap_or(Direction::SendReceive);
        Ok(Remote { address: SocketAddr::new(ip, self.port), codecs, telephone_event, direction })
    }
}

/// `IN IP4 ADDRESS`; a host name is not an address that may be sent to.
fn connection(value: &str) -> Option<IpAddr> {
    let mut words = value.split_ascii_whitespace();
    let (_network, _family, address) = (words.next()?, words.next()?, words.next()?);
    address.split('/').next()?.parse().ok()
}

/// `0 PCMU/8000[/1]`.
fn rtpmap(value: &str) -> Option<(u8, Encoding)> {
    let (format, encoding) = value.split_once(' ')?;
    let mut parts = encoding.trim().split('/');
    let (name, rate) = (parts.next()?, parts.next()?);
    let encoding = match (Codec::from_name(name), rate) {
        (Some(codec), "8000") => Encoding::Codec(codec),
        (None, "8000") if name.eq_ignore_ascii_case("telephone-event") => Encoding::TelephoneEvent,
        _ => Encoding::Other,
    };
    Some((format.trim().parse().ok()?, encoding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::negotiate;

    const ANSWER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 6000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n";

    #[test]
    fn an_answer_names_address_codec_and_events() {
        let agreed = negotiate(ANSWER.as_bytes(), &Codec::DEFAULT_ORDER).unwrap();
        assert_eq!(agreed.remote, "192.0.2.1:6000".parse().unwrap());
        assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Pcma, 8, Some(96)));
        assert!(agreed.may_send());
    }

    #[test]
    fn the_streams_own_address_and_direction_win_over_the_sessions() {
        let text = "c=IN IP4 192.0.2.1\na=inactive\nm=audio 6000 RTP/AVP 0\nc=IN IP4 192.0.2.9\na=recvonly\n";
        let remote = parse(text.as_bytes()).unwrap();
        assert_eq!(remote.address.ip().to_string(), "192.0.2.9");
        assert_eq!(remote.direction, Direction::ReceiveOnly);
    }

    #[test]
    fn a_codec_may_come_under_a_dynamic_payload_type() {
        let text = "c=IN IP4 192.0.2.1\nm=audio 6000 RTP/AVP 97\na=rtpmap:97 pcma/8000/1\n";
        let agreed = negotiate(text.as_bytes(), &Codec::DEFAULT_ORDER).unwrap();
        assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcma, 97));
    }

    #[test]
    fn a_static_type_that_is_mapped_otherwise_is_not_that_codec() {
        let text = "c=IN IP4 192.0.2.1\nm=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/16000\n";
        assert_eq!(negotiate(text.as_bytes(), &Codec::DEFAULT_ORDER), Err(SdpError::NoCodec));
    }

    #[test]
    fn held_calls_are_sent_nothing() {
        for text in
            ["c=IN IP4 192.0.2.1\nm=audio 6000 RTP/AVP 0\na=sendonly\n", "c=IN IP4 0.0.0.0\nm=audio 6000 RTP/AVP 0\n"]
        {
            assert!(!negotiate(text.as_bytes(), &Codec::DEFAULT_ORDER).unwrap().may_send(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        let refused = |text: &str| negotiate(text.as_bytes(), &[Codec::Pcmu]).unwrap_err();
        assert_eq!(refused("v=0\n"), SdpError::NoAudio);
        assert_eq!(refused("m=video 6000 RTP/AVP 99\nc=IN IP4 192.0.2.1\n"), SdpError::NoAudio);
        assert_eq!(refused("c=IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\n"), SdpError::Refused);
        assert_eq!(refused("m=audio 6000 RTP/AVP 0\n"), SdpError::NoAddress);
        assert_eq!(refused("c=IN IP4 host.example\nm=audio 6000 RTP/AVP 0\n"), SdpError::NoAddress);
        assert_eq!(refused(ANSWER), SdpError::NoCodec);
        assert_eq!(refused(&"a=x\n".repeat(MAX_BYTES)), SdpError::TooLarge(MAX_BYTES));
        assert_eq!(parse(b"\xFF\xFE").unwrap_err(), SdpError::NotText);
    }
}
