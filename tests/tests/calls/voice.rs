//! A prompt is heard by the carrier exactly as it lies in its file.

use std::time::Duration;

use serde_json::json;
use strowger_tests::{BareSocket, Sipp, Tenant};

/// Samples of one RTP packet: 20 ms at 8 kHz.
const FRAME: usize = 160;

/// G.711 µ-law of one sample, as the ITU's table has it.
fn ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (i32::from(sample).abs()).min(32_635) + 132;
    let exponent = (7..15).rev().find(|bit| magnitude >> bit & 1 == 1).unwrap_or(7) - 7;
    let mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    !u8::try_from(sign | (exponent << 4) | mantissa).expect("eight bits")
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

#[tokio::test]
async fn the_samples_of_a_wav_file_arrive_one_by_one() {
    let verbs = json!([{"verb": "play", "url": "file:tone.wav"}, {"verb": "hangup"}]);
    let (tenant, ear) = (Tenant::new(verbs).await, BareSocket::bind().await);
    let samples = tone();
    write_wav(&tenant.server.media.join("tone.wav"), &samples);
    let carrier = Sipp::answer_with("answer", ear.port);
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    let packets: Vec<Packet> =
        ear.datagrams_until_silence(Duration::from_secs(2)).await.iter().map(|datagram| packet(datagram)).collect();

    let heard: Vec<u8> = packets.iter().flat_map(|packet| packet.payload.clone()).collect();
    let sent: Vec<u8> = samples.iter().map(|sample| ulaw(*sample)).collect();
    assert_eq!(packets.len(), samples.len() / FRAME);
    assert_eq!(heard, sent);
    assert!(packets.iter().all(|packet| packet.payload_type == 0 && packet.source == packets[0].source));
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160));
    }
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
    let packets = ear.datagrams_until_silence(Duration::from_secs(2)).await;
    assert_eq!(packets.len(), 2 * tone().len() / FRAME);
    assert_eq!(call.ended().await["call_termination_by"], "strowger");
    let told = tenant.app.requests("/played");
    assert_eq!(
        (&told[0].body["reason"], &told[0].body["playback_milliseconds"]),
        (&json!("playCompleted"), &json!(1_000))
    );
    carrier.finished().await;
}
