//! The bytes of a part. All numbers are little-endian.
//!
//! `magic (8), rows, resources, payloads, windows, length of the transducer (4 each), widths of the three columns (1 each), 0`, then the
//! sections in the order of [`Layout`]. A dictionary is its ends (4 each) and its texts; a window is flags and two times.

use bytes::Bytes;

use super::Window;

/// What a part begins with; the last digit is the version.
pub(super) const MAGIC: &[u8; 8] = b"selrows1";

pub(super) const HEADER: usize = 32;
pub(super) const WINDOW: usize = 17;
pub(super) const HAS_START: u8 = 1;
pub(super) const HAS_STOP: u8 = 2;

/// Texts by number.
pub(super) struct Dictionary {
    count: u32,
    ends: Bytes,
    texts: Bytes,
}

impl Dictionary {
    pub(super) fn len(&self) -> u32 {
        self.count
    }

    pub(super) fn get(&self, index: u32) -> Option<&[u8]> {
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => number(&self.ends, before)?,
        };
        self.texts.get(usize::try_from(start).ok()?..usize::try_from(number(&self.ends, index)?).ok()?)
    }
}

fn number(numbers: &[u8], index: u32) -> Option<u32> {
    let at = usize::try_from(index).ok()?.checked_mul(4)?;
    numbers.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn float(floats: &[u8], index: u32) -> f64 {
    let at = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(8);
    let bytes = floats.get(at..).and_then(<[u8]>::first_chunk::<8>);
    bytes.map_or(f64::NAN, |bytes| f64::from_le_bytes(*bytes))
}

/// Numbers of as many bytes as the largest needs; of none where there is nothing to choose from.
pub(super) struct Packed {
    width: usize,
    rows: u32,
    bytes: Bytes,
}

impl Packed {
    pub(super) fn get(&self, row: u32) -> Option<u32> {
        if row >= self.rows {
            return None;
        }
        let at = usize::try_from(row).ok()?.checked_mul(self.width)?;
        let mut number = [0; 4];
        let bytes = self.bytes.get(at..at.checked_add(self.width)?)?;
        number.get_mut(..self.width)?.copy_from_slice(bytes);
        Some(u32::from_le_bytes(number))
    }
}

/// How many bytes a column needs for numbers below `count`.
pub(super) fn width(count: usize) -> u8 {
    match count {
        0..=1 => 0,
        2..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        0x1_0001..=0x100_0000 => 3,
        _ => 4,
    }
}

/// The columns: an entry a row.
pub(super) struct Columns {
    pub(super) resource: Packed,
    pub(super) payload: Packed,
    pub(super) window: Packed,
    /// A bit a row: set where the group of its selector ends.
    pub(super) ends: Bytes,
}

/// The sections of a part.
pub(super) struct Layout {
    pub(super) rows: u32,
    pub(super) resources: Dictionary,
    pub(super) payloads: Dictionary,
    /// Each payload's value as a number, 8 bytes each.
    pub(super) values: Bytes,
    pub(super) windows: Vec<Window>,
    pub(super) columns: Columns,
    pub(super) fst: Bytes,
}

impl Layout {
    pub(super) fn read(bytes: &Bytes) -> Option<Self> {
        let header = bytes.get(..HEADER)?;
        let header = header.strip_prefix(MAGIC)?;
        let count = |index| number(header, index);
        let (rows, resources, payloads) = (count(0)?, count(1)?, count(2)?);
        let widths = header.get(20..23)?;
        let mut rest = bytes.slice(HEADER..);
        let resources = dictionary(&mut rest, resources)?;
        let values = take(&mut rest, size(payloads, 8)?)?;
        let payloads = dictionary(&mut rest, payloads)?;
        let windows = take(&mut rest, size(count(3)?, WINDOW)?)?;
        let mut column = |index: usize| {
            let width = usize::from(*widths.get(index)?);
            (width <= 4).then_some(())?;
            Some(Packed { width, rows, bytes: take(&mut rest, size(rows, width)?)? })
        };
        let (resource, payload, window) = (column(0)?, column(1)?, column(2)?);
        let ends = take(&mut rest, size(rows.div_ceil(8), 1)?)?;
        let fst = take(&mut rest, size(count(4)?, 1)?)?;
        let windows = windows.chunks(WINDOW).map(read_window).collect::<Option<_>>()?;
        let columns = Columns { resource, payload, window, ends };
        rest.is_empty().then_some(Self { rows, resources, payloads, values, windows, columns, fst })
    }
}

fn size(count: u32, each: usize) -> Option<usize> {
    usize::try_from(count).ok()?.checked_mul(each)
}

fn take(rest: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= rest.len()).then(|| rest.split_to(length))
}

fn dictionary(rest: &mut Bytes, count: u32) -> Option<Dictionary> {
    let ends = take(rest, size(count, 4)?)?;
    let length = count.checked_sub(1).map_or(Some(0), |last| number(&ends, last))?;
    let texts = take(rest, usize::try_from(length).ok()?)?;
    Some(Dictionary { count, ends, texts })
}

fn read_window(bytes: &[u8]) -> Option<Window> {
    let (flags, rest) = bytes.split_first()?;
    let (start, rest) = rest.split_first_chunk::<8>()?;
    let stop = rest.first_chunk::<8>()?;
    Some(Window {
        start: (flags & HAS_START != 0).then_some(i64::from_le_bytes(*start)),
        stop: (flags & HAS_STOP != 0).then_some(i64::from_le_bytes(*stop)),
    })
}
