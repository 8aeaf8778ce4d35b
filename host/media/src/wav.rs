//! Prompts from WAV files.

use std::io::{Read, Seek, SeekFrom};

use hound::{SampleFormat, WavReader, WavSpec};

use crate::library::AudioError;
use crate::resample::to_8_khz;
use crate::{Audio, Codec, SAMPLE_RATE};

/// No prompt is longer than this.
const MAX_SECONDS: u32 = 30 * 60;
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;
const MAX_CHANNELS: u16 = 8;

const FORMAT_ALAW: u16 = 6;
const FORMAT_ULAW: u16 = 7;

/// Reads a WAV file: linear PCM of 8 or 16 bit at any usual rate, or G.711 at 8 kHz; channels are mixed to one.
pub(crate) fn read(mut file: impl Read + Seek) -> Result<Audio, AudioError> {
    let samples = match g711_data(&mut file)? {
        Some((codec, data)) => data.into_iter().map(|octet| codec.decode(octet)).collect(),
        None => linear(file)?,
    };
    Ok(Audio::new(samples))
}

fn linear(file: impl Read) -> Result<Vec<i16>, AudioError> {
    let reader = WavReader::new(file).map_err(unreadable)?;
    let spec = reader.spec();
    check(spec)?;
    if reader.duration() / spec.sample_rate >= MAX_SECONDS {
        return Err(AudioError::TooLong { minutes: MAX_SECONDS / 60 });
    }
    let shift = 16_u32.saturating_sub(u32::from(spec.bits_per_sample));
    let samples: Result<Vec<i16>, _> =
        reader.into_samples::<i16>().map(|sample| sample.map(|value| value << shift)).collect();
    let mono = mix(&samples.map_err(unreadable)?, usize::from(spec.channels));
    Ok(to_8_khz(&mono, spec.sample_rate))
}

fn check(spec: WavSpec) -> Result<(), AudioError> {
    if spec.sample_format != SampleFormat::Int || !matches!(spec.bits_per_sample, 8 | 16) {
        return Err(AudioError::Unsupported(format!("{} bit {:?} samples", spec.bits_per_sample, spec.sample_format)));
    }
    if !RATES.contains(&spec.sample_rate) {
        return Err(AudioError::Unsupported(format!("{} samples a second", spec.sample_rate)));
    }
    if spec.channels == 0 || spec.channels > MAX_CHANNELS {
        return Err(AudioError::Unsupported(format!("{} channels", spec.channels)));
    }
    Ok(())
}

fn mix(samples: &[i16], channels: usize) -> Vec<i16> {
    let mean = |frame: &[i16]| {
        let sum: i32 = frame.iter().copied().map(i32::from).sum();
        i16::try_from(sum / i32::try_from(channels).unwrap_or(1)).unwrap_or_default()
    };
    samples.chunks_exact(channels).map(mean).collect()
}

/// The data of a G.711 file, which hound does not read; any other file is rewound for hound to judge.
fn g711_data(file: &mut (impl Read + Seek)) -> Result<Option<(Codec, Vec<u8>)>, AudioError> {
    let found = g711_chunks(file);
    match found {
        Ok(Some(found)) => Ok(Some(found)),
        Err(error @ (AudioError::Unsupported(_) | AudioError::TooLong { .. })) => Err(error),
        Ok(None) | Err(_) => {
            file.rewind().map_err(AudioError::Io)?;
            Ok(None)
        }
    }
}

fn g711_chunks(file: &mut (impl Read + Seek)) -> Result<Option<(Codec, Vec<u8>)>, AudioError> {
    let riff: [u8; 12] = array(file)?;
    if !riff.starts_with(b"RIFF") || !riff.ends_with(b"WAVE") {
        return Ok(None);
    }
    let mut codec = None;
    loop {
        let [i0, i1, i2, i3, l0, l1, l2, l3] = array(file)?;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        let mut passed = 0;
        match &[i0, i1, i2, i3] {
            b"fmt " => {
                codec = g711_format(array(file)?)?;
                passed = 16;
            }
            b"data" => return codec.map(|codec| g711_octets(file, length).map(|data| (codec, data))).transpose(),
            _ => {}
        }
        // Chunks are padded to an even length.
        let rest = i64::from(length) + i64::from(length % 2) - passed;
        file.seek(SeekFrom::Current(rest)).map_err(AudioError::Io)?;
    }
}

fn g711_format(format: [u8; 16]) -> Result<Option<Codec>, AudioError> {
    let [t0, t1, c0, c1, r0, r1, r2, r3, ..] = format;
    let codec = match u16::from_le_bytes([t0, t1]) {
        FORMAT_ALAW => Codec::Pcma,
        FORMAT_ULAW => Codec::Pcmu,
        _ => return Ok(None),
    };
    let (channels, rate) = (u16::from_le_bytes([c0, c1]), u32::from_le_bytes([r0, r1, r2, r3]));
    if channels != 1 || rate != SAMPLE_RATE {
        return Err(AudioError::Unsupported(format!("G.711 with {channels} channels at {rate} samples a second")));
    }
    Ok(Some(codec))
}

fn g711_octets(file: &mut impl Read, length: u32) -> Result<Vec<u8>, AudioError> {
    if length / SAMPLE_RATE >= MAX_SECONDS {
        return Err(AudioError::TooLong { minutes: MAX_SECONDS / 60 });
    }
    let mut data = Vec::new();
    file.take(u64::from(length)).read_to_end(&mut data).map_err(AudioError::Io)?;
    Ok(data)
}

fn array<const N: usize>(file: &mut impl Read) -> Result<[u8; N], AudioError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).map_err(AudioError::Io)?;
    Ok(bytes)
}

fn unreadable(error: hound::Error) -> AudioError {
    match error {
        hound::Error::IoError(error) => AudioError::Io(error),
        other => AudioError::Unsupported(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn wav(channels: u16, sample_rate: u32, bits_per_sample: u16, samples: &[i16]) -> Cursor<Vec<u8>> {
        let mut file = Cursor::new(Vec::new());
        let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format: SampleFormat::Int };
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
        file.set_position(0);
        file
    }

    fn g711(format: u16, rate: u32, data: &[u8]) -> Cursor<Vec<u8>> {
        let mut file = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x12\0\0\0".to_vec();
        file.extend_from_slice(&format.to_le_bytes());
        file.extend_from_slice(&1_u16.to_le_bytes());
        file.extend_from_slice(&rate.to_le_bytes());
        file.extend_from_slice(&rate.to_le_bytes());
        file.extend_from_slice(b"\x01\0\x08\0\0\0data");
        file.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend_from_slice(data);
        Cursor::new(file)
    }

    #[test]
    fn eight_kilohertz_mono_is_read_as_it_is() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        assert_eq!(read(wav(1, 8_000, 16, &samples)).unwrap().samples(), samples);
    }

    #[test]
    fn stereo_is_mixed_and_brought_to_8_khz() {
        let audio = read(wav(2, 16_000, 16, &[100, 300, 500, 700])).unwrap();
        assert_eq!(audio.samples(), [400]);
    }

    #[test]
    fn eight_bit_samples_are_scaled_to_sixteen() {
        assert_eq!(read(wav(1, 8_000, 8, &[0, 1, -128])).unwrap().samples(), [0, 256, -32_768]);
    }

    #[test]
    fn g711_files_are_read_too() {
        assert_eq!(read(g711(7, 8_000, &[0xFF, 0x80])).unwrap().samples(), [0, 32_124]);
        assert_eq!(read(g711(6, 8_000, &[0xD5, 0xAA])).unwrap().samples(), [8, 32_256]);
        assert!(matches!(read(g711(7, 16_000, &[0])), Err(AudioError::Unsupported(_))));
    }

    #[test]
    fn what_is_no_wav_file_is_refused() {
        for bytes in [&b""[..], b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3\x04 this is an MP3 file, is it not"] {
            assert!(read(Cursor::new(bytes.to_vec())).is_err(), "{bytes:?}");
        }
        assert!(matches!(read(wav(1, 1_000, 16, &[0])), Err(AudioError::Unsupported(_))));
    }
}
