//! Writing a backup: lines of JSON, compressed, and at the end what they add up to.

use std::io::Write;

use async_trait::async_trait;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use strowger_model::time;

use super::fingerprint::hex;
use super::item::{Item, Sink};
use super::line::{FORMAT, Line, WHAT};
use super::{ArchiveError, Summary};

pub(super) struct Encoder<W: Write> {
    file: GzEncoder<W>,
    hash: Sha256,
    summary: Summary,
}

impl<W: Write> Encoder<W> {
    pub(super) fn new(file: W) -> Result<Self, ArchiveError> {
        let file = GzEncoder::new(file, Compression::fast());
        let mut encoder = Self { file, hash: Sha256::new(), summary: Summary::default() };
        let created = time::format_date(time::now());
        encoder.write(&Line::Header { what: WHAT.into(), format: FORMAT, created })?;
        Ok(encoder)
    }

    /// Writes the last line. Nothing is a backup without it.
    pub(super) fn finish(mut self) -> Result<Summary, ArchiveError> {
        let digest = hex(&self.hash.clone().finalize());
        let Summary { documents, entries, chunks, .. } = self.summary;
        self.write(&Line::End { documents, entries, chunks, digest: digest.clone() })?;
        self.file.finish()?.flush()?;
        Ok(Summary { documents, entries, chunks, digest })
    }

    fn write(&mut self, line: &Line) -> Result<(), ArchiveError> {
        let mut line = serde_json::to_vec(line).map_err(std::io::Error::from)?;
        line.push(b'\n');
        self.hash.update(&line);
        Ok(self.file.write_all(&line)?)
    }
}

#[async_trait]
impl<W: Write + Send> Sink for Encoder<W> {
    async fn take(&mut self, item: Item) -> Result<(), ArchiveError> {
        let count = match &item {
            Item::Document(_) => &mut self.summary.documents,
            Item::Chunk { .. } => &mut self.summary.chunks,
            Item::Entry { .. } => &mut self.summary.entries,
        };
        *count = count.saturating_add(1);
        self.write(&item.into())
    }
}
