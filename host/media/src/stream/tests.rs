use std::io::Cursor;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::rtp::{self, Header};
use crate::{Audio, Codec, Digits, Loops, MediaConfig, MediaEngine, MediaSession, Played, wav};

const PATIENCE: Duration = Duration::from_secs(5);

/// A far end on loopback.
struct Peer(UdpSocket);

impl Peer {
    async fn new() -> Self {
        Self(UdpSocket::bind("127.0.0.1:0").await.unwrap())
    }

    fn answer_with_events(&self) -> String {
        let port = self.0.local_addr().unwrap().port();
        format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {port} RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n")
    }

    fn answer(&self, format: u8, direction: &str) -> String {
        let port = self.0.local_addr().unwrap().port();
        format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {port} RTP/AVP {format}\r\na={direction}\r\n")
    }

    async fn packet(&self) -> (Header, Vec<u8>) {
        let mut buffer = [0; 2_048];
        let (length, _) = timeout(PATIENCE, self.0.recv_from(&mut buffer)).await.expect("no packet").unwrap();
        let (header, payload) = rtp::parse(&buffer[..length]).expect("no RTP");
        (header, payload.to_vec())
    }

    async fn send(&self, to: &MediaSession, sequence: u16, payload: &[u8]) {
        let mut packet = Vec::new();
        Header { marker: false, payload_type: 0, sequence, timestamp: 0, ssrc: 1 }.write(&mut packet);
        packet.extend_from_slice(payload);
        self.0.send_to(&packet, to.local_address()).await.unwrap();
    }
}

async fn session() -> MediaSession {
    // Tests run beside each other: each takes whatever port of a wide range is free.
    let engine = MediaEngine::new(MediaConfig { ip: "127.0.0.1".parse().unwrap(), ports: 41_000..=49_000 });
    engine.open().await.unwrap()
}

async fn until(mut condition: impl FnMut() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("the condition never held");
}

fn prompt() -> Audio {
    let mut file = Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    (0..400_i16).for_each(|sample| writer.write_sample(sample * 80 - 16_000).unwrap());
    writer.finalize().unwrap();
    file.set_position(0);
    wav::read(file).unwrap()
}

#[tokio::test]
async fn a_wav_file_arrives_as_consecutive_g711_packets() {
    for codec in Codec::DEFAULT_ORDER {
        let (peer, mut session, audio) = (Peer::new().await, session().await, prompt());
        session.offer(&Codec::DEFAULT_ORDER);
        let mut playing = session.play(audio.clone(), Loops::Times(1)).await;
        session.accept(peer.answer(codec.payload_type(), "sendrecv")).unwrap();
        assert_eq!(playing.finished().await, Played { completed: true, milliseconds: 50 });

        let mut expected = Vec::new();
        codec.encode(audio.samples().iter().copied().chain([0; 80]), &mut expected);
        let (mut heard, mut last) = (Vec::new(), None::<Header>);
        // Silence may be sent before the prompt is taken up.
        while heard.len() < expected.len() {
            let (header, payload) = peer.packet().await;
            assert_eq!((header.payload_type, payload.len()), (codec.payload_type(), 160));
            assert_eq!(header.marker, last.is_none());
            if let Some(last) = last {
                assert_eq!(header.sequence, last.sequence.wrapping_add(1));
                assert_eq!(header.ssrc, last.ssrc);
            }
            last = Some(header);
            let silent = payload.iter().all(|octet| codec.decode(*octet).abs() <= 8);
            if !heard.is_empty() || !silent {
                heard.extend(payload);
            }
        }
        assert_eq!(heard, expected);
    }
}

#[tokio::test]
async fn a_prompt_is_stopped_by_the_next_one_and_by_dropping_its_handle() {
    let (peer, mut session) = (Peer::new().await, session().await);
    session.offer(&[Codec::Pcmu]);
    session.accept(peer.answer(0, "sendrecv")).unwrap();
    let mut first = session.play(prompt(), Loops::Forever).await;
    let second = session.play(prompt(), Loops::Forever).await;
    assert!(!first.finished().await.completed);
    assert!(!second.stop().await.completed);
    drop(session.play(prompt(), Loops::Forever).await);
    loop {
        let (_, payload) = peer.packet().await;
        if payload.iter().all(|octet| *octet == 0xFF) {
            break;
        }
    }
}

#[tokio::test]
async fn a_prompt_ends_with_the_session() {
    let session = session().await;
    let mut playing = session.play(prompt(), Loops::Forever).await;
    drop(session);
    assert_eq!(timeout(PATIENCE, playing.finished()).await.unwrap(), Played { completed: false, milliseconds: 0 });
}

#[tokio::test]
async fn only_the_address_of_the_description_is_heard_and_its_port_is_followed() {
    let (peer, natted, mut session) = (Peer::new().await, Peer::new().await, session().await);
    let stranger = Peer(UdpSocket::bind("127.0.0.2:0").await.unwrap());
    session.offer(&[Codec::Pcmu]);
    stranger.send(&session, 1, b"early").await;
    until(|| session.stats().refused == 1).await;
    session.accept(peer.answer(0, "sendrecv")).unwrap();
    peer.packet().await;
    stranger.send(&session, 2, b"stranger").await;
    until(|| session.stats().refused == 2).await;
    natted.send(&session, 7, b"payload").await;
    until(|| session.stats().received == 1).await;
    assert_eq!((session.stats().received_bytes, session.stats().last_sequence), (7, Some(7)));
    natted.packet().await;
}

#[tokio::test]
async fn a_held_leg_is_sent_nothing_until_it_is_resumed() {
    let (peer, mut session) = (Peer::new().await, session().await);
    session.offer(&[Codec::Pcmu]);
    session.accept(peer.answer(0, "sendonly")).unwrap();
    let mut playing = session.play(prompt(), Loops::Times(1)).await;
    assert!(playing.finished().await.completed, "time passes on hold too");
    assert_eq!(session.stats().sent, 0);
    session.accept(peer.answer(0, "sendrecv")).unwrap();
    assert!(peer.packet().await.0.marker);
}

#[tokio::test]
async fn every_offer_of_a_session_has_the_next_version() {
    let mut session = session().await;
    let origin = |sdp: String| sdp.lines().nth(1).unwrap().to_owned();
    let first = origin(session.offer(&[Codec::Pcma]));
    let second = origin(session.offer(&[Codec::Pcma]));
    assert_eq!(first.replacen(" 1 IN", " 2 IN", 1), second);
}

#[tokio::test]
async fn digits_go_out_as_events_in_order_and_sound_goes_on_behind_them() {
    let (peer, mut session) = (Peer::new().await, session().await);
    session.offer(&[Codec::Pcmu]);
    session.accept(peer.answer_with_events()).unwrap();
    assert!(session.takes_events());
    let dialled = session.dial(Digits::parse("4#").unwrap(), Duration::from_millis(60)).await;
    let (mut events, mut last) = (Vec::new(), None::<u16>);
    let finished = tokio::spawn(dialled.finished());
    while events.len() < 10 {
        let (header, payload) = peer.packet().await;
        assert!(last.is_none_or(|last| header.sequence == last.wrapping_add(1)));
        last = Some(header.sequence);
        if header.payload_type == 96 {
            events.push((payload[0], payload[1] & 0x80 != 0, header.timestamp));
        }
    }
    let codes: Vec<(u8, bool)> = events.iter().map(|(code, last, _)| (*code, *last)).collect();
    let event = |code| [(code, false), (code, false), (code, true), (code, true), (code, true)];
    assert_eq!(codes, [event(4), event(11)].concat());
    let apart = events[5].2.wrapping_sub(events[0].2);
    assert_eq!((events[4].2, apart), (events[0].2, 8 * 160));
    assert!(finished.await.unwrap());
    assert!(peer.packet().await.0.marker, "sound begins anew");
}

#[tokio::test]
async fn a_far_end_without_events_is_sent_none() {
    let (peer, mut session) = (Peer::new().await, session().await);
    session.offer(&[Codec::Pcmu]);
    session.accept(peer.answer(0, "sendrecv")).unwrap();
    assert!(!session.takes_events());
    let dialled = session.dial(Digits::parse("4").unwrap(), Duration::from_millis(60)).await;
    assert!(!timeout(PATIENCE, dialled.finished()).await.unwrap());
}

#[tokio::test]
async fn digits_that_are_asked_for_meanwhile_come_after_those_on_their_way() {
    let (peer, mut session) = (Peer::new().await, session().await);
    session.offer(&[Codec::Pcmu]);
    session.accept(peer.answer_with_events()).unwrap();
    let first = session.dial(Digits::parse("12").unwrap(), Duration::from_millis(40)).await;
    let second = session.dial(Digits::parse("3").unwrap(), Duration::from_millis(40)).await;
    let (mut digits, mut last) = (Vec::new(), None);
    while digits.len() < 3 {
        let (header, payload) = peer.packet().await;
        if header.payload_type == 96 && last.replace(header.timestamp) != Some(header.timestamp) {
            digits.push(payload[0]);
        }
    }
    assert_eq!(digits, [1, 2, 3]);
    assert!(first.finished().await && second.finished().await);
}
