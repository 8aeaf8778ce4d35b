//! Building a part from rows that come in the order of their keys.

use std::collections::HashMap;

use bytes::Bytes;
use fst::MapBuilder;

use super::format::{HAS_START, HAS_STOP, HEADER, MAGIC, WINDOW, width};
use super::{Payload, Window, damaged, number_of};
use crate::RowsError;
use crate::identity;

/// Bytes of its texts, after which a part is full whatever its rows.
const MAX_TEXTS: usize = 24 << 20;

/// Texts, each with a number in the order in which they came.
#[derive(Default)]
struct Numbered {
    numbers: HashMap<Box<[u8]>, u32>,
    bytes: usize,
}

impl Numbered {
    fn number(&mut self, text: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.into(), number);
        self.bytes = self.bytes.saturating_add(text.len());
        number
    }

    /// The texts ascending, and for each number the place of its text among them.
    fn sorted(self) -> (Vec<Box<[u8]>>, Vec<u32>) {
        let mut texts: Vec<(Box<[u8]>, u32)> = self.numbers.into_iter().collect();
        texts.sort_unstable();
        let mut places = vec![0; texts.len()];
        for (place, (_, number)) in texts.iter().enumerate() {
            if let Some(slot) = usize::try_from(*number).ok().and_then(|number| places.get_mut(number)) {
                *slot = u32::try_from(place).unwrap_or(u32::MAX);
            }
        }
        (texts.into_iter().map(|(text, _)| text).collect(), places)
    }
}

/// A part that is being built.
pub(crate) struct PartBuilder {
    fst: MapBuilder<Vec<u8>>,
    resources: Numbered,
    payloads: Numbered,
    /// By the bytes of the times in a key, whose order is that of the windows.
    windows: Numbered,
    rows: Vec<[u32; 3]>,
    ends: Vec<u8>,
    selector: Vec<u8>,
}

impl PartBuilder {
    pub(crate) fn new() -> Self {
        Self {
            fst: MapBuilder::memory(),
            resources: Numbered::default(),
            payloads: Numbered::default(),
            windows: Numbered::default(),
            rows: Vec::new(),
            ends: Vec::new(),
            selector: Vec::new(),
        }
    }

    pub(crate) fn rows(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of its texts, each different one once.
    pub(crate) fn texts(&self) -> usize {
        let selectors = usize::try_from(self.fst.bytes_written()).unwrap_or(usize::MAX);
        self.resources.bytes.saturating_add(self.payloads.bytes).saturating_add(selectors)
    }

    /// Whether another part is to be begun, however few rows it has.
    pub(crate) fn is_heavy(&self) -> bool {
        self.texts() >= MAX_TEXTS
    }

    /// Adds a row; its key is larger than the one before.
    pub(crate) fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<(), RowsError> {
        let (selector, resource, times) = identity::split_key(key).ok_or_else(|| damaged("a key cannot be read"))?;
        let row = self.rows.len();
        if self.rows.is_empty() || selector != self.selector {
            self.end_group();
            let at = u64::try_from(row).unwrap_or(u64::MAX);
            self.fst.insert(selector, at).map_err(|error| damaged(&error.to_string()))?;
            self.selector.clear();
            self.selector.extend_from_slice(selector);
        }
        let numbers = [self.resources.number(resource), self.payloads.number(payload), self.windows.number(times)];
        self.rows.push(numbers);
        if row.is_multiple_of(8) {
            self.ends.push(0);
        }
        Ok(())
    }

    fn end_group(&mut self) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        if let Some(byte) = self.ends.get_mut(last / 8) {
            *byte |= 1 << (last % 8);
        }
    }

    /// The bytes of the part.
    pub(crate) fn finish(mut self) -> Result<Bytes, RowsError> {
        self.end_group();
        let rows = self.rows();
        let fst = self.fst.into_inner().map_err(|error| damaged(&error.to_string()))?;
        let sorted = [self.resources.sorted(), self.payloads.sorted(), self.windows.sorted()];
        let [(resources, of_resource), (payloads, of_payload), (windows, of_window)] = sorted;
        let widths = [width(resources.len()), width(payloads.len()), width(windows.len())];
        let counts = [resources.len(), payloads.len(), windows.len(), fst.len()];

        let mut bytes = Vec::with_capacity(fst.len().saturating_add(self.rows.len().saturating_mul(5)));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&rows.to_le_bytes());
        for count in counts {
            bytes.extend_from_slice(&small(count)?.to_le_bytes());
        }
        bytes.extend_from_slice(&widths);
        bytes.resize(HEADER, 0);
        push_dictionary(&mut bytes, &resources)?;
        for payload in &payloads {
            let value = Payload::read(payload).and_then(|payload| payload.value);
            bytes.extend_from_slice(&number_of(value).to_le_bytes());
        }
        push_dictionary(&mut bytes, &payloads)?;
        windows.iter().try_for_each(|times| push_window(&mut bytes, times))?;
        for (column, places) in [of_resource, of_payload, of_window].iter().enumerate() {
            push_column(&mut bytes, &self.rows, column, places, widths);
        }
        bytes.extend_from_slice(&self.ends);
        bytes.extend_from_slice(&fst);
        Ok(bytes.into())
    }
}

fn small(count: usize) -> Result<u32, RowsError> {
    u32::try_from(count).map_err(|_| damaged("it is too large"))
}

fn push_dictionary(bytes: &mut Vec<u8>, texts: &[Box<[u8]>]) -> Result<(), RowsError> {
    let mut end = 0_usize;
    for text in texts {
        end = end.saturating_add(text.len());
        bytes.extend_from_slice(&small(end)?.to_le_bytes());
    }
    texts.iter().for_each(|text| bytes.extend_from_slice(text));
    Ok(())
}

fn push_window(bytes: &mut Vec<u8>, times: &[u8]) -> Result<(), RowsError> {
    let Window { start, stop } = identity::window(times).ok_or_else(|| damaged("times cannot be read"))?;
    let flags = (u8::from(start.is_some()) * HAS_START) | (u8::from(stop.is_some()) * HAS_STOP);
    let end = bytes.len().saturating_add(WINDOW);
    bytes.push(flags);
    bytes.extend_from_slice(&start.unwrap_or_default().to_le_bytes());
    bytes.extend_from_slice(&stop.unwrap_or_default().to_le_bytes());
    bytes.resize(end, 0);
    Ok(())
}

fn push_column(bytes: &mut Vec<u8>, rows: &[[u32; 3]], column: usize, places: &[u32], widths: [u8; 3]) {
    let width = widths.get(column).map_or(0, |width| usize::from(*width));
    for row in rows {
        let number = row.get(column).and_then(|number| places.get(usize::try_from(*number).ok()?));
        let number = number.copied().unwrap_or_default().to_le_bytes();
        bytes.extend_from_slice(number.get(..width).unwrap_or_default());
    }
}
