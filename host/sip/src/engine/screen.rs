//! What is answered before the library sees it: methods that it cannot name and would drop (RFC 3261 §8.2.1,
//! §21.5.2), and more requests than this stack wants to keep transactions for, as the library's queues have no bound.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Instant;

use parking_lot::Mutex;
use strowger_model::sip;

use super::bucket::Bucket;

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

const REQUESTS_PER_SECOND: u32 = 1_000;
const BURST: u32 = 2_000;

/// The screen in front of one socket.
pub(crate) struct Screen {
    requests: Mutex<Bucket>,
}

/// What becomes of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    Answer(Vec<u8>),
}

impl Screen {
    /// A screen that has seen nothing.
    pub(crate) fn new() -> Self {
        Self { requests: Mutex::new(Bucket::new(REQUESTS_PER_SECOND, BURST, Instant::now())) }
    }

    /// Looks at one datagram.
    pub(crate) fn look(&self, datagram: &[u8], from: SocketAddr) -> Verdict {
        let Some(method) = method(datagram) else { return Verdict::Pass };
        // An ACK has no response, and without it our own repetitions would go on.
        if method.eq_ignore_ascii_case("ACK") {
            return Verdict::Pass;
        }
        let response = if !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(method)) {
            answer(datagram, from, "501 Not Implemented", "")
        } else if !self.requests.lock().take(Instant::now()) {
            answer(datagram, from, "503 Service Unavailable", "Retry-After: 5\r\n")
        } else {
            None
        };
        response.map_or(Verdict::Pass, Verdict::Answer)
    }
}

/// The method of a request; `None` for responses and noise.
fn method(datagram: &[u8]) -> Option<&str> {
    let end = datagram.windows(2).position(|window| window == b"\r\n")?;
    let start = std::str::from_utf8(datagram.get(..end)?).ok()?;
    let method = start.split(' ').next()?;
    let is_request = start.ends_with(" SIP/2.0") && sip::is_token(method);
    is_request.then_some(method)
}

/// A response without a transaction; the sender's retransmission is answered anew.
fn answer(datagram: &[u8], from: SocketAddr, status: &str, more: &str) -> Option<Vec<u8>> {
    let end = datagram.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(datagram.get(..end)?).ok()?;
    let mut response = format!("SIP/2.0 {status}\r\n");
    let mut is_first_via = true;
    for line in head.split("\r\n").skip(1) {
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
    write!(response, "{more}Content-Length: 0\r\n\r\n").ok()?;
    Some(response.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(start: &str) -> Vec<u8> {
        format!(
            "{start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n\
             Call-ID: x\r\nCSeq: 1 NEWMETHOD\r\nSubject: s\r\nContent-Length: 0\r\n\r\n"
        )
        .into_bytes()
    }

    fn look(datagram: &[u8]) -> Verdict {
        Screen::new().look(datagram, "127.0.0.1:9".parse().unwrap())
    }

    #[test]
    fn an_unknown_method_is_answered_501_with_what_the_sender_needs_to_match_it() {
        let Verdict::Answer(response) = look(&request("NEWMETHOD sip:a@b SIP/2.0")) else { panic!("passed") };
        assert_eq!(
            String::from_utf8(response).unwrap(),
            "SIP/2.0 501 Not Implemented\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=127.0.0.1\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 NEWMETHOD\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn known_methods_responses_and_noise_are_left_to_the_library() {
        for datagram in [
            request("INVITE sip:a@b SIP/2.0"),
            request("SIP/2.0 200 OK"),
            request("hello"),
            b"\r\n\r\n".to_vec(),
            vec![0xff; 40],
        ] {
            assert_eq!(look(&datagram), Verdict::Pass);
        }
    }

    #[test]
    fn a_flood_of_requests_is_told_to_come_back_later_but_acks_and_responses_pass() {
        let screen = Screen::new();
        let from = "127.0.0.1:9".parse().unwrap();
        let options = request("OPTIONS sip:a@b SIP/2.0");
        let refused = (0..100_000).find_map(|_| match screen.look(&options, from) {
            Verdict::Pass => None,
            Verdict::Answer(response) => Some(String::from_utf8(response).unwrap()),
        });
        let refused = refused.expect("no bound");
        assert!(refused.starts_with("SIP/2.0 503 ") && refused.contains("\r\nRetry-After: 5\r\n"));
        assert_eq!(screen.look(&request("ACK sip:a@b SIP/2.0"), from), Verdict::Pass);
        assert_eq!(screen.look(&request("SIP/2.0 200 OK"), from), Verdict::Pass);
    }
}
