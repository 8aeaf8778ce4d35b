//! The file that tells which rows failed: line, reason, and the row's own cells.

use csv::{ByteRecord, WriterBuilder};

/// Longest reason in bytes.
const LONGEST_REASON: usize = 512;

/// Rows that failed, as CSV.
pub struct Failures {
    writer: csv::Writer<Vec<u8>>,
    listed: u64,
    most: u64,
}

impl Failures {
    /// Lists at most so many.
    #[must_use]
    pub fn new(most: u64) -> Self {
        Self { writer: writer(), listed: 0, most }
    }

    /// Adds a row; it is left out where enough are listed.
    pub fn push(&mut self, line: u64, reason: &str, row: &ByteRecord) {
        if self.listed == self.most {
            return;
        }
        self.listed += 1;
        let mut record = ByteRecord::new();
        record.push_field(line.to_string().as_bytes());
        record.push_field(reason.get(..reason.floor_char_boundary(LONGEST_REASON)).unwrap_or_default().as_bytes());
        row.iter().for_each(|cell| record.push_field(cell));
        write(&mut self.writer, &record);
    }

    /// The lines, and how many they are.
    #[must_use]
    pub fn finish(self) -> (Vec<u8>, u64) {
        (finished(self.writer), self.listed)
    }
}

pub(super) fn header<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut writer = writer();
    write(&mut writer, &["line", "reason"].into_iter().chain(columns).collect::<Vec<_>>().into());
    finished(writer)
}

fn writer() -> csv::Writer<Vec<u8>> {
    WriterBuilder::new().flexible(true).from_writer(Vec::new())
}

/// Writing into memory, and rows of any length, cannot fail.
fn write(writer: &mut csv::Writer<Vec<u8>>, record: &ByteRecord) {
    let written = writer.write_byte_record(record);
    debug_assert!(written.is_ok(), "a record was not written: {written:?}");
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Vec<u8> {
    writer.into_inner().unwrap_or_default()
}
