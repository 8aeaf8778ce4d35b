//! 501 for methods that the SIP library cannot even name; it would drop them unanswered (RFC 3261 §8.2.1, §21.5.2).

use std::fmt::Write;
use std::net::SocketAddr;

use crate::header::is_token;

const KNOWN: &[&str] = &[
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

/// What a response repeats of its request, compact forms included (RFC 3261 §8.2.6.2).
const REPEATED: &[&str] = &["via", "v", "from", "f", "to", "t", "call-id", "i", "cseq"];

/// The 501 for a request whose method is unknown; `None` for everything else.
pub(crate) fn answer(datagram: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    let end = datagram.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(datagram.get(..end)?).ok()?;
    let mut lines = head.split("\r\n");
    let start = lines.next()?;
    let method = start.split(' ').next()?;
    let is_request = start.ends_with(" SIP/2.0") && !method.is_empty() && method.bytes().all(is_token);
    if !is_request || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(method)) {
        return None;
    }
    let mut response = String::from("SIP/2.0 501 Not Implemented\r\n");
    let mut is_first_via = true;
    for line in lines {
        let name = line.split(':').next()?.trim().to_ascii_lowercase();
        if !REPEATED.contains(&name.as_str()) {
            continue;
        }
        response.push_str(line);
        if is_first_via && (name == "via" || name == "v") {
            is_first_via = false;
            // RFC 3261 §18.2.1, for the proxies on the way back.
            write!(response, ";received={}", from.ip()).ok()?;
        }
        response.push_str("\r\n");
    }
    response.push_str("Content-Length: 0\r\n\r\n");
    Some(response.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(start: &str) -> Option<String> {
        let request = format!(
            "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n\
             Call-ID: x\r\nCSeq: 1 NEWMETHOD\r\nSubject: s\r\nContent-Length: 0\r\n\r\n"
        );
        answer(request.as_bytes(), "127.0.0.1:9".parse().unwrap()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn an_unknown_method_is_answered_501_with_what_the_sender_needs_to_match_it() {
        let response = ask("NEWMETHOD sip:a@b SIP/2.0").unwrap();
        assert_eq!(
            response,
            "SIP/2.0 501 Not Implemented\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=127.0.0.1\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 NEWMETHOD\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn known_methods_responses_and_noise_are_left_to_the_library() {
        assert_eq!(ask("INVITE sip:a@b SIP/2.0"), None);
        assert_eq!(ask("SIP/2.0 200 OK"), None);
        assert_eq!(ask("hello"), None);
        assert_eq!(answer(b"\r\n\r\n", "127.0.0.1:9".parse().unwrap()), None);
        assert_eq!(answer(&[0xff; 40], "127.0.0.1:9".parse().unwrap()), None);
    }
}
