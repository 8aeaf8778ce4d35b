//! ITU-T G.711, by table. The laws are those of the reference code in G.191.
//!
//! Both laws are symmetric around zero in one's complement, so that the tables for encoding hold magnitudes only.

use std::sync::LazyLock;

static ULAW_MAGNITUDE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..8_192).map(compress_ulaw).collect());
static ALAW_MAGNITUDE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..2_048).map(compress_alaw).collect());
static ULAW_SAMPLE: LazyLock<Vec<i16>> = LazyLock::new(|| (0..=u8::MAX).map(expand_ulaw).collect());
static ALAW_SAMPLE: LazyLock<Vec<i16>> = LazyLock::new(|| (0..=u8::MAX).map(expand_alaw).collect());

const POSITIVE: u8 = 0x80;
const ALAW_EVEN_BITS: u8 = 0x55;

/// One sample in µ-law.
pub(crate) fn encode_ulaw(sample: i16) -> u8 {
    let (magnitude, sign) = split(sample);
    lookup(&ULAW_MAGNITUDE, usize::from(magnitude >> 2)) | sign
}

/// One sample in A-law.
pub(crate) fn encode_alaw(sample: i16) -> u8 {
    let (magnitude, sign) = split(sample);
    (lookup(&ALAW_MAGNITUDE, usize::from(magnitude >> 4)) | sign) ^ ALAW_EVEN_BITS
}

/// The sample of one µ-law octet.
pub(crate) fn decode_ulaw(octet: u8) -> i16 {
    lookup(&ULAW_SAMPLE, usize::from(octet))
}

/// The sample of one A-law octet.
pub(crate) fn decode_alaw(octet: u8) -> i16 {
    lookup(&ALAW_SAMPLE, usize::from(octet))
}

fn split(sample: i16) -> (u16, u8) {
    if sample < 0 { ((!sample).unsigned_abs(), 0) } else { (sample.unsigned_abs(), POSITIVE) }
}

/// Every index is in range by construction of the tables; the default is unreachable.
fn lookup<T: Copy + Default>(table: &[T], index: usize) -> T {
    table.get(index).copied().unwrap_or_default()
}

/// The inverted segment and step of a 13 bit magnitude, without the sign bit.
fn compress_ulaw(magnitude: u16) -> u8 {
    let biased = (magnitude + 33).min(0x1FFF);
    let segment = 16 - (biased >> 6).leading_zeros().min(16) + 1;
    let step = (biased >> segment) & 0xF;
    low_byte(((8 - segment) << 4) as usize | usize::from(0xF - step))
}

/// The segment and step of an 11 bit magnitude, without sign bit and inversion.
fn compress_alaw(magnitude: u16) -> u8 {
    let mut step = magnitude;
    let mut segment = 0;
    if step > 15 {
        segment = 1;
        while step > 31 {
            step >>= 1;
            segment += 1;
        }
        step -= 16;
    }
    low_byte(usize::from(step + (segment << 4)))
}

fn expand_ulaw(octet: u8) -> i16 {
    let inverted = !octet;
    let segment = (inverted >> 4) & 7;
    let step = 8_i16 << segment;
    let magnitude = (0x80 << segment) + step * i16::from(inverted & 0xF) + step / 2 - 132;
    if octet & POSITIVE == 0 { -magnitude } else { magnitude }
}

fn expand_alaw(octet: u8) -> i16 {
    let plain = (octet ^ ALAW_EVEN_BITS) & 0x7F;
    let segment = plain >> 4;
    let mut step = i16::from(plain & 0xF);
    if segment > 0 {
        step += 16;
    }
    let magnitude = ((step << 4) + 8) << segment.saturating_sub(1);
    if octet & POSITIVE == 0 { -magnitude } else { magnitude }
}

fn low_byte(value: usize) -> u8 {
    u8::try_from(value & 0xFF).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_are_those_of_the_recommendation() {
        assert_eq!(encode_ulaw(0), 0xFF);
        assert_eq!(encode_ulaw(-1), 0x7F);
        assert_eq!(encode_ulaw(i16::MAX), 0x80);
        assert_eq!(encode_ulaw(i16::MIN), 0x00);
        assert_eq!(encode_alaw(0), 0xD5);
        assert_eq!(encode_alaw(-1), 0x55);
        assert_eq!(encode_alaw(i16::MAX), 0xAA);
        assert_eq!(encode_alaw(i16::MIN), 0x2A);
        assert_eq!(decode_ulaw(0x80), 32_124);
        assert_eq!(decode_ulaw(0x00), -32_124);
        assert_eq!(decode_alaw(0xAA), 32_256);
        assert_eq!(decode_alaw(0x2A), -32_256);
    }

    #[test]
    fn every_octet_survives_decoding_and_encoding() {
        for octet in 0..=u8::MAX {
            assert_eq!(encode_alaw(decode_alaw(octet)), octet, "A-law {octet:#x}");
            // 0x7F is minus zero: its sample is 0, which is encoded as plus zero.
            let expected = if octet == 0x7F { 0xFF } else { octet };
            assert_eq!(encode_ulaw(decode_ulaw(octet)), expected, "µ-law {octet:#x}");
        }
    }

    #[test]
    fn no_sample_is_off_by_more_than_half_a_step_of_its_segment() {
        for sample in i16::MIN..=i16::MAX {
            let magnitude = i32::from(sample).abs();
            for (law, decoded) in [("A", decode_alaw(encode_alaw(sample))), ("µ", decode_ulaw(encode_ulaw(sample)))] {
                let error = (i32::from(decoded) - i32::from(sample)).abs();
                assert!(error <= 16 + magnitude / 31, "{law}-law: {sample} became {decoded}");
            }
        }
    }
}
