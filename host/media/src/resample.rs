//! To 8 kHz, in exact integer arithmetic.

use crate::SAMPLE_RATE;

/// The samples at 8 kHz. Upwards by linear interpolation; downwards each sample is the mean of the stretch of input that it
/// covers, which also attenuates what would alias.
pub(crate) fn to_8_khz(samples: &[i16], rate: u32) -> Vec<i16> {
    let (from, to) = (u64::from(rate), u64::from(SAMPLE_RATE));
    if from == to {
        return samples.to_vec();
    }
    let count = samples.len() as u64 * to / from.max(1);
    (0..count)
        .map(|index| if from < to { between(samples, index * from) } else { mean(samples, index * from, from) })
        .collect()
}

/// The value at `position` 8,000ths of an input sample.
fn between(samples: &[i16], position: u64) -> i16 {
    let unit = u64::from(SAMPLE_RATE);
    let (index, fraction) = (position / unit, signed(position % unit));
    let left = sample(samples, index);
    let right = sample(samples, index + 1);
    narrow((left * (signed(unit) - fraction) + right * fraction) / signed(unit))
}

/// The mean over `length` 8,000ths of an input sample from `start` on.
fn mean(samples: &[i16], start: u64, length: u64) -> i16 {
    let unit = u64::from(SAMPLE_RATE);
    let end = start + length;
    let covered = (start / unit)..end.div_ceil(unit);
    let sum: i64 = covered
        .map(|index| {
            let overlap = end.min((index + 1) * unit) - start.max(index * unit);
            sample(samples, index) * signed(overlap)
        })
        .sum();
    narrow(sum / signed(length))
}

/// The sample at that index, the last one beyond the end.
fn sample(samples: &[i16], index: u64) -> i64 {
    let at = usize::try_from(index).ok().and_then(|index| samples.get(index));
    at.or(samples.last()).copied().map_or(0, i64::from)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn narrow(value: i64) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_stays_the_same() {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
            let second = vec![0; rate as usize];
            assert_eq!(to_8_khz(&second, rate).len(), 8_000, "from {rate}");
        }
    }

    #[test]
    fn a_constant_stays_constant() {
        for rate in [6_000, 11_025, 16_000, 44_100] {
            let steady = vec![i16::MIN; rate as usize / 10];
            assert!(to_8_khz(&steady, rate).iter().all(|sample| *sample == i16::MIN), "from {rate}");
        }
    }

    #[test]
    fn upwards_lies_on_the_line_between_neighbours() {
        assert_eq!(to_8_khz(&[0, 100, 200], 4_000), [0, 50, 100, 150, 200, 200]);
    }

    #[test]
    fn downwards_is_the_mean_of_what_is_covered() {
        assert_eq!(to_8_khz(&[0, 100, 200, 400], 16_000), [50, 300]);
        // 12 kHz: each output covers one and a half input samples.
        assert_eq!(to_8_khz(&[300, 600, 900], 12_000), [400, 800]);
    }
}
