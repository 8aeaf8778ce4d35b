//! Digits as RTP events (RFC 4733).

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::audio::{FRAME_SAMPLES, SAMPLE_RATE};

/// Digits of one request; nobody dials more at once.
const MAX_DIGITS: usize = 64;
/// The shortest event that detectors hear for sure, and the longest that fits the field of a segment (section 2.3.5).
const DURATIONS: std::ops::RangeInclusive<Duration> = Duration::from_millis(40)..=Duration::from_secs(8);
/// The last packet of an event comes three times, as any one may be lost (section 2.5.1.4).
const LAST_PACKETS: u8 = 3;
/// Frames between two digits: 100 ms in all with the repeated last packets.
const GAP: u8 = 3;
/// Power in -dBm0 (section 2.3.4).
const VOLUME: u8 = 10;
const END: u8 = 0x80;

/// Digits that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits(Vec<u8>);

/// Why a text is no digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    /// Another character.
    #[error("must be of 0-9, *, #, A-D")]
    Other,
    /// None, or more than are ever sent at once.
    #[error("must have 1 to {MAX_DIGITS} digits")]
    Count,
}

impl Digits {
    /// Reads `0-9`, `*`, `#` and `A-D` in either case.
    ///
    /// # Errors
    /// [`DigitsError`]
    pub fn parse(text: &str) -> Result<Self, DigitsError> {
        if text.is_empty() || text.len() > MAX_DIGITS {
            return Err(DigitsError::Count);
        }
        text.chars().map(code).collect::<Option<_>>().map(Self).ok_or(DigitsError::Other)
    }

    /// One by one.
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        self.0.iter().filter_map(|code| CODES.chars().nth(usize::from(*code)))
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|digit| write!(f, "{digit}"))
    }
}

const CODES: &str = "0123456789*#ABCD";

/// The event's number (section 3.2).
fn code(digit: char) -> Option<u8> {
    let place = CODES.chars().position(|known| known == digit.to_ascii_uppercase())?;
    u8::try_from(place).ok()
}

/// Digits on their way out. When it is dropped, whoever waits for it learns whether all were sent.
#[derive(Debug)]
pub(crate) struct Dialling {
    waiting: VecDeque<u8>,
    /// Samples of each digit.
    length: u16,
    current: Option<Event>,
    gap: u8,
    cancel: CancellationToken,
    done: Option<oneshot::Sender<bool>>,
}

#[derive(Debug)]
struct Event {
    code: u8,
    /// The stream's timestamp at its beginning, which all its packets carry.
    timestamp: u32,
    sounded: u16,
    last_packets: u8,
    is_first: bool,
}

/// What an event's packet holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) marker: bool,
    pub(crate) timestamp: u32,
    pub(crate) payload: [u8; 4],
}

impl Dialling {
    pub(crate) fn new(digits: Digits, each: Duration, cancel: CancellationToken, done: oneshot::Sender<bool>) -> Self {
        let each = each.clamp(*DURATIONS.start(), *DURATIONS.end());
        let samples = each.as_millis() * u128::from(SAMPLE_RATE) / 1_000;
        let length = u16::try_from(samples).unwrap_or(u16::MAX);
        Self { waiting: digits.0.into(), length, current: None, gap: 0, cancel, done: Some(done) }
    }

    /// Whether nothing is left, or nobody wants it any more. An event that has begun is brought to its end, and to that of the gap
    /// behind it.
    pub(crate) fn is_over(&self) -> bool {
        self.current.is_none() && self.gap == 0 && (self.waiting.is_empty() || self.cancel.is_cancelled())
    }

    /// The packet of the frame at `timestamp`; none in the gap between two digits.
    pub(crate) fn next(&mut self, timestamp: u32) -> Option<Packet> {
        if self.gap > 0 {
            self.gap -= 1;
            return None;
        }
        let mut event = match self.current.take() {
            Some(event) => event,
            None => Event { code: self.waiting.pop_front()?, timestamp, sounded: 0, last_packets: 0, is_first: true },
        };
        let packet = event.packet(self.length, self.cancel.is_cancelled());
        if event.last_packets == LAST_PACKETS {
            self.gap = GAP;
        } else {
            self.current = Some(event);
        }
        Some(packet)
    }
}

impl Event {
    fn packet(&mut self, length: u16, cut_short: bool) -> Packet {
        let frame = u16::try_from(FRAME_SAMPLES).unwrap_or_default();
        if self.last_packets == 0 {
            self.sounded = self.sounded.saturating_add(frame).min(length);
        }
        let is_last = self.sounded == length || cut_short;
        self.last_packets += u8::from(is_last);
        let [high, low] = self.sounded.to_be_bytes();
        let flags = if is_last { END | VOLUME } else { VOLUME };
        let marker = std::mem::take(&mut self.is_first);
        Packet { marker, timestamp: self.timestamp, payload: [self.code, flags, high, low] }
    }
}

impl Drop for Dialling {
    fn drop(&mut self) {
        let all = self.waiting.is_empty() && self.current.is_none();
        if let Some(done) = self.done.take() {
            let _ = done.send(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialling(digits: &str, milliseconds: u64) -> (Dialling, oneshot::Receiver<bool>, CancellationToken) {
        let (done, outcome) = oneshot::channel();
        let cancel = CancellationToken::new();
        let digits = Digits::parse(digits).unwrap();
        (Dialling::new(digits, Duration::from_millis(milliseconds), cancel.clone(), done), outcome, cancel)
    }

    #[test]
    fn digits_are_read_in_either_case_and_nothing_else_is() {
        assert_eq!(Digits::parse("09*#aD").unwrap().to_string(), "09*#AD");
        assert_eq!(Digits::parse("1-2"), Err(DigitsError::Other));
        assert_eq!(Digits::parse(""), Err(DigitsError::Count));
        assert_eq!(Digits::parse(&"1".repeat(65)), Err(DigitsError::Count));
    }

    #[test]
    fn an_event_grows_frame_by_frame_and_ends_three_times() {
        let (mut dialling, mut outcome, _) = dialling("5", 60);
        let packets: Vec<Packet> = (0..5).map(|frame| dialling.next(1_000 + frame * 160).unwrap()).collect();
        let payloads: Vec<[u8; 4]> = packets.iter().map(|packet| packet.payload).collect();
        let lasts = [5, 0x8A, 1, 0xE0];
        assert_eq!(payloads, [[5, 10, 0, 160], [5, 10, 1, 64], lasts, lasts, lasts]);
        assert!(packets.iter().all(|packet| packet.timestamp == 1_000));
        assert_eq!(packets.iter().filter(|packet| packet.marker).count(), 1);
        assert!(packets[0].marker && !dialling.is_over());
        (0..3).for_each(|_| assert_eq!(dialling.next(0), None));
        assert!(dialling.is_over());
        drop(dialling);
        assert!(outcome.try_recv().unwrap());
    }

    #[test]
    fn there_is_a_gap_between_two_digits_and_the_second_has_its_own_time() {
        let (mut dialling, ..) = dialling("11", 40);
        (0..4).for_each(|frame| assert!(dialling.next(frame * 160).is_some()));
        (4..7).for_each(|frame| assert!(dialling.next(frame * 160).is_none()));
        let second = dialling.next(7 * 160).unwrap();
        assert!(second.marker && second.timestamp == 7 * 160);
    }

    #[test]
    fn a_digit_that_sounds_is_ended_when_it_is_stopped_and_the_rest_is_left_out() {
        let (mut dialling, mut outcome, cancel) = dialling("123", 1_000);
        dialling.next(0);
        cancel.cancel();
        assert!(!dialling.is_over());
        for _ in 0..3 {
            assert_eq!(dialling.next(160).unwrap().payload[1], END | VOLUME);
        }
        (0..3).for_each(|_| assert_eq!(dialling.next(160), None));
        assert!(dialling.is_over());
        drop(dialling);
        assert!(!outcome.try_recv().unwrap());
    }
}
