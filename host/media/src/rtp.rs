//! RTP packets (RFC 3550 section 5.1).

const HEADER: usize = 12;
const VERSION_2: u8 = 0x80;

/// What a sender says of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Set on the first packet of a talk spurt (RFC 3551 section 4.1).
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

impl Header {
    /// Replaces the packet in `buffer` by this header; the payload is appended by the caller.
    pub(crate) fn write(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.push(VERSION_2);
        buffer.push((u8::from(self.marker) << 7) | (self.payload_type & 0x7F));
        buffer.extend_from_slice(&self.sequence.to_be_bytes());
        buffer.extend_from_slice(&self.timestamp.to_be_bytes());
        buffer.extend_from_slice(&self.ssrc.to_be_bytes());
    }
}

/// Header and payload of a packet; `None` for anything that is not RTP version 2 with consistent lengths.
pub(crate) fn parse(packet: &[u8]) -> Option<(Header, &[u8])> {
    let (fixed, mut rest) = packet.split_first_chunk::<HEADER>()?;
    let [first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
    if first >> 6 != 2 {
        return None;
    }
    rest = rest.get(usize::from(first & 0x0F) * 4..)?;
    if first & 0x10 != 0 {
        let (extension, after) = rest.split_first_chunk::<4>()?;
        let [_, _, high, low] = *extension;
        rest = after.get(usize::from(u16::from_be_bytes([high, low])) * 4..)?;
    }
    if first & 0x20 != 0 {
        let padding = usize::from(*rest.last()?);
        rest = rest.get(..rest.len().checked_sub(padding.max(1))?)?;
    }
    let header = Header {
        marker: second & 0x80 != 0,
        payload_type: second & 0x7F,
        sequence: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
    };
    Some((header, rest))
}

/// Whether a datagram is RTCP, which comes on the same port where the far end multiplexes (RFC 5761 section 4).
pub(crate) fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [first, packet_type, ..] if first >> 6 == 2 && (192..=223).contains(packet_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Header =
        Header { marker: true, payload_type: 8, sequence: 65_535, timestamp: 0xDEAD_BEEF, ssrc: 0x0102_0304 };

    fn packet(first: u8, tail: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        SAMPLE.write(&mut packet);
        packet[0] = first;
        packet.extend_from_slice(tail);
        packet
    }

    #[test]
    fn what_is_written_is_read_back() {
        let packet = packet(0x80, b"payload");
        assert_eq!(parse(&packet), Some((SAMPLE, &b"payload"[..])));
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        assert_eq!(parse(&packet(0x81, b"csrcpayload")).unwrap().1, b"payload");
        assert_eq!(parse(&packet(0x90, b"\x00\x01\x00\x01extnpayload")).unwrap().1, b"payload");
        assert_eq!(parse(&packet(0xA0, b"payload\x00\x00\x03")).unwrap().1, b"payload");
    }

    #[test]
    fn rtcp_is_told_from_rtp_by_its_packet_type() {
        for packet_type in [200, 201, 202, 203, 204] {
            assert!(is_rtcp(&[0x80, packet_type, 0, 1]), "{packet_type}");
        }
        assert!(!is_rtcp(&packet(0x80, b"payload")));
        assert!(!is_rtcp(&[0x80]));
    }

    #[test]
    fn lengths_that_do_not_fit_the_packet_are_refused() {
        assert!(parse(&packet(0x80, b"")[..11]).is_none(), "short header");
        assert!(parse(&packet(0x40, b"payload")).is_none(), "version 1");
        assert!(parse(&packet(0x8F, b"short")).is_none(), "fifteen sources announced");
        assert!(parse(&packet(0x90, b"\x00\x01\xFF\xFFx")).is_none(), "long extension announced");
        assert!(parse(&packet(0xA0, b"abc\xFF")).is_none(), "more padding than packet");
        assert!(parse(&packet(0xA0, b"")).is_none(), "padding of an empty payload");
    }
}
