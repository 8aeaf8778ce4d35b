//! The practice carrier's ear: a G.711 answer, a count of what arrives, and the digits among it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use crate::leg::DIGITS;

const RTP_HEADER: usize = 12;

/// Digits that are noted.
const MAX_DIGITS: usize = 256;

/// A socket that counts RTP packets while it lives.
pub(super) struct Ear {
    port: u16,
    heard: Arc<AtomicU64>,
    digits: Digits,
    task: AbortHandle,
}

/// Digits in the order in which they came, as events (RFC 4733) or by INFO.
#[derive(Clone, Default)]
pub(super) struct Digits(Arc<Mutex<String>>);

impl Digits {
    /// Notes a digit.
    pub(super) fn note(&self, digit: char) {
        let mut digits = self.0.lock();
        if digits.len() < MAX_DIGITS {
            digits.push(digit);
        }
    }

    /// Notes what an `application/dtmf-relay` says.
    pub(super) fn note_relay(&self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        let signal = text.lines().find_map(|line| line.trim().strip_prefix("Signal="));
        if let Some(digit) = signal.and_then(|signal| signal.trim().chars().next()) {
            self.note(digit);
        }
    }

    /// All of them.
    pub(super) fn noted(&self) -> String {
        self.0.lock().clone()
    }
}

impl Ear {
    /// Listens on a free port of `address`.
    pub(super) async fn open(address: IpAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind((address, 0)).await?;
        let port = socket.local_addr()?.port();
        let (heard, digits) = (Arc::new(AtomicU64::new(0)), Digits::default());
        let task = tokio::spawn(listen(socket, Arc::clone(&heard), digits.clone())).abort_handle();
        Ok(Self { port, heard, digits, task })
    }

    /// The digits that have been heard.
    pub(super) fn digits(&self) -> &Digits {
        &self.digits
    }

    /// How many packets have been heard.
    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// The answer to `offer`, or an offer where there is none; `None` when the offer has no G.711.
    pub(super) fn answer(&self, offer: Option<&str>, address: IpAddr) -> Option<String> {
        let formats = match offer {
            None => vec!["0".to_owned(), "8".to_owned()],
            Some(offer) => common_formats(offer)?,
        };
        let family = if address.is_ipv4() { "IP4" } else { "IP6" };
        let mut sdp = format!(
            "v=0\r\no=practice 1 1 IN {family} {address}\r\ns=-\r\nc=IN {family} {address}\r\nt=0 0\r\n\
             m=audio {} RTP/AVP {}\r\n",
            self.port,
            formats.join(" ")
        );
        for format in &formats {
            match format.as_str() {
                "0" => sdp.push_str("a=rtpmap:0 PCMU/8000\r\n"),
                "8" => sdp.push_str("a=rtpmap:8 PCMA/8000\r\n"),
                event => sdp.push_str(&format!("a=rtpmap:{event} telephone-event/8000\r\na=fmtp:{event} 0-15\r\n")),
            }
        }
        sdp.push_str("a=sendrecv\r\n");
        Some(sdp)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The offered G.711 formats in the offerer's order, with telephone events where they are offered.
fn common_formats(offer: &str) -> Option<Vec<String>> {
    let audio = offer.lines().find(|line| line.starts_with("m=audio "))?;
    let event = offer.lines().find_map(|line| {
        let (format, encoding) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        encoding.to_ascii_lowercase().starts_with("telephone-event/8000").then_some(format)
    });
    let offered = audio.split_whitespace().skip(3);
    let formats: Vec<String> =
        offered.filter(|format| ["0", "8"].contains(format) || event == Some(format)).map(str::to_owned).collect();
    formats.iter().any(|format| format == "0" || format == "8").then_some(formats)
}

async fn listen(socket: UdpSocket, heard: Arc<AtomicU64>, digits: Digits) {
    let (mut packet, mut last) = ([0_u8; 2_048], None);
    loop {
        let Ok((length, _)) = socket.recv_from(&mut packet).await else { continue };
        let is_rtp = length >= RTP_HEADER && packet.first().is_some_and(|byte| byte >> 6 == 2);
        if is_rtp {
            heard.fetch_add(1, Ordering::Relaxed);
        }
        if let Some((timestamp, digit)) = ended_event(packet.get(..length).unwrap_or_default())
            && last.replace(timestamp) != Some(timestamp)
        {
            digits.note(digit);
        }
    }
}

/// The timestamp and the digit of an event's last packet, of which several come. Only events are so short.
fn ended_event(packet: &[u8]) -> Option<([u8; 4], char)> {
    let (header, &[event, flags, _, _]) = packet.split_first_chunk::<RTP_HEADER>()? else { return None };
    let [_, _, _, _, timestamp @ .., _, _, _, _] = *header;
    let digit = DIGITS.chars().nth(usize::from(event))?;
    (flags & 0x80 != 0).then_some((timestamp, digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g711_and_telephone_events_are_taken_in_the_offered_order() {
        let offer = "v=0\r\nm=audio 4000 RTP/AVP 9 8 101 0\r\na=rtpmap:101 telephone-event/8000\r\n";
        assert_eq!(common_formats(offer), Some(vec!["8".into(), "101".into(), "0".into()]));
    }

    #[test]
    fn an_offer_without_g711_has_no_answer() {
        assert_eq!(common_formats("m=audio 4000 RTP/AVP 9 101\r\na=rtpmap:101 telephone-event/8000\r\n"), None);
        assert_eq!(common_formats("v=0\r\n"), None);
    }

    #[tokio::test]
    async fn only_rtp_is_counted() {
        let ear = Ear::open([127, 0, 0, 1].into()).await.unwrap();
        let mouth = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        for packet in [&[0x80_u8; 172][..], &[0x80; 4], &[0x00; 172], &[0x80; 172]] {
            mouth.send_to(packet, ("127.0.0.1", ear.port)).await.unwrap();
        }
        while ear.heard() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ear.heard(), 2);
    }

    #[test]
    fn a_digit_is_read_off_the_last_packet_of_its_event() {
        let mut packet = [[0x80, 101, 0, 1, 0, 0, 0, 9, 1, 1, 1, 1].as_slice(), &[11, 0x8A, 1, 0x40]].concat();
        assert_eq!(ended_event(&packet), Some(([0, 0, 0, 9], '#')));
        packet[13] = 0x0A;
        assert_eq!(ended_event(&packet), None, "it goes on");
        assert_eq!(ended_event(&[0x80; 172]), None, "sound");
    }

    #[test]
    fn a_relayed_digit_is_read_off_its_body() {
        let digits = Digits::default();
        digits.note_relay(b"Signal=5\r\nDuration=160\r\n");
        digits.note_relay(b"nothing");
        digits.note_relay(b"Duration=160\nSignal= *\n");
        assert_eq!(digits.noted(), "5*");
    }
}
