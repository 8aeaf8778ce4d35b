//! A prompt is heard by the carrier exactly as it lies in its file.

use std::time::Duration;

use serde_json::json;
use strowger_tests::{BareSocket, Sipp, Tenant};

/// Samples of one RTP packet: 20 ms at 8 kHz.
const FRAME: usize = 160;

/// µ-law of 0.
const SILENCE: u8 = 0xFF;

/// When no more packets are expected.
const SILENT: Duration = Duration::from_secs(2);

/// G.711 µ-law of one sample of 16 bits: 14 of them count, and negative ones are complemented, as in ITU-T G.191.
fn ulaw(sample: i16) -> u8 {
    let (sign, positive) = if sample < 0 { (0x80, !sample) } else { (0, sample) };
    let magnitude = (i32::from(positive >> 2) + 33).min(0x1FFF);
    let segment = (5..13).rev().find(|bit| magnitude >> bit == 1).unwrap_or(5) - 5;
    let step = (magnitude >> (segment + 1)) & 0x0F;
    !u8::try_from(sign | (segment << 4) | step).expect("eight bits")
}

/// Half a second that begins and ends aloud, in which no two frames are alike.
fn tone() -> Vec<i16> {
    let sample = |n: i32| i16::try_from((n * 37) % 16_000 - 8_000 + (n % 7) * 100).expect("sixteen bits");
    (0..4_000).map(sample).collect()
}

fn write_wav(path: &std::path::Path, samples: &[i16]) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("a WAV file");
    samples.iter().for_each(|sample| file.write_sample(*sample).expect("a sample"));
    file.finalize().expect("a whole file");
}

struct Packet {
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    source: u32,
    payload: Vec<u8>,
}

/// RFC 3550, section 5.1.
fn packet(datagram: &[u8]) -> Packet {
    assert_eq!(datagram[0], 0x80, "version 2, nothing before the payload");
    let word = |at: usize| u32::from_be_bytes(datagram[at..at + 4].try_into().unwrap());
    Packet {
        payload_type: datagram[1] & 0x7F,
        sequence: u16::from_be_bytes([datagram[2], datagram[3]]),
        timestamp: word(4),
        source: word(8),
        payload: datagram[12..].to_vec(),
    }
}

/// The packets of a prompt by their place in it, in frames; the silence before and after it left out.
fn heard(datagrams: &[Vec<u8>]) -> Vec<(usize, Packet)> {
    let packets: Vec<Packet> = datagrams.iter().map(|datagram| packet(datagram)).collect();
    assert!(packets.iter().all(|packet| packet.payload_type == 0 && packet.source == packets[0].source));
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
    }
    let aloud: Vec<Packet> =
        packets.into_iter().filter(|packet| packet.payload.iter().any(|byte| *byte != SILENCE)).collect();
    let first = aloud.first().expect("something is heard").timestamp;
    let place = |packet: &Packet| packet.timestamp.wrapping_sub(first) as usize / FRAME;
    aloud.into_iter().map(|packet| (place(&packet), packet)).collect()
}

/// Each packet holds the samples of its place. A sender that the machine keeps waiting for long leaves frames out rather than
/// be late; not many.
fn assert_played(datagrams: &[Vec<u8>], samples: &[i16]) {
    let sent: Vec<u8> = samples.iter().map(|sample| ulaw(*sample)).collect();
    let frames: Vec<&[u8]> = sent.chunks(FRAME).collect();
    let heard = heard(datagrams);
    for (place, packet) in &heard {
        assert_eq!(packet.payload, frames[*place], "frame {place}");
    }
    assert!(heard.len() <= frames.len() && heard.len() * 2 > frames.len(), "{} of {}", heard.len(), frames.len());
}

#[tokio::test]
async fn the_samples_of_a_wav_file_arrive_one_by_one() {
    let verbs = json!([{"verb": "play", "url": "file:tone.wav"}, {"verb": "hangup"}]);
    let (tenant, ear) = (Tenant::new(verbs).await, BareSocket::bind().await);
    write_wav(&tenant.server.media.join("tone.wav"), &tone());
    let carrier = Sipp::answer_with("answer", ear.port);
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    assert_played(&ear.datagrams_until_silence(SILENT).await, &tone());
    assert_eq!(call.ended().await["call_status"], "completed");
    carrier.finished().await;
}

#[tokio::test]
async fn a_prompt_is_repeated_and_its_action_hook_is_told() {
    let verbs = json!([
        {"verb": "play", "url": "file:twice.wav", "loop": 2, "actionHook": "/played"},
        {"verb": "pause", "length": 60},
    ]);
    let (tenant, ear) = (Tenant::new(verbs).await, BareSocket::bind().await);
    tenant.app.answers("/played", json!([{"verb": "hangup"}]));
    write_wav(&tenant.server.media.join("twice.wav"), &tone());
    let carrier = Sipp::answer_with("answer", ear.port);
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    assert_played(&ear.datagrams_until_silence(SILENT).await, &[tone(), tone()].concat());
    assert_eq!(call.ended().await["call_termination_by"], "jambonz");
    let told = &tenant.app.requests("/played")[0].body;
    assert_eq!((&told["reason"], &told["playback_milliseconds"]), (&json!("playCompleted"), &json!(1_000)));
    carrier.finished().await;
}
