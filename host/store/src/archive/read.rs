//! Reading a backup line by line.

use std::io::{BufRead, BufReader, Read};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::fingerprint::hex;
use super::item::Item;
use super::line::{FORMAT, Line, WHAT};
use super::{ArchiveError, Summary};
use crate::MAX_BODY;

/// Longest line: a body and what is around it.
const MAX_LINE: u64 = 2 * MAX_BODY as u64;

/// A backup that is being read. Its pieces are what the file says; whether the file is whole is known at its end.
pub(super) struct Reader<R: Read> {
    file: BufReader<GzDecoder<R>>,
    hash: Sha256,
    lines: u64,
    read: Summary,
    /// Set at the end.
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the first line.
    pub(super) fn new(file: R) -> Result<Self, ArchiveError> {
        let file = BufReader::new(GzDecoder::new(file));
        let mut reader = Self { file, hash: Sha256::new(), lines: 0, read: Summary::default(), ended: false };
        match reader.line() {
            Ok((Line::Header { what, .. }, _)) if what != WHAT => Err(ArchiveError::NotABackup("it is something else")),
            Ok((Line::Header { format, .. }, _)) if format != FORMAT => {
                Err(ArchiveError::Format { found: format, known: FORMAT })
            }
            Ok((Line::Header { .. }, bytes)) => {
                reader.hash.update(&bytes);
                Ok(reader)
            }
            Ok(_) | Err(ArchiveError::Line { .. }) => {
                Err(ArchiveError::NotABackup("its first line says nothing of it"))
            }
            Err(ArchiveError::File(error)) if error.kind() == std::io::ErrorKind::InvalidInput => {
                Err(ArchiveError::NotABackup("it is not compressed by gzip"))
            }
            Err(error) => Err(error),
        }
    }

    /// The next piece; none at the end, when everything before it was as it was written.
    pub(super) fn next(&mut self) -> Result<Option<Item>, ArchiveError> {
        if self.ended {
            return Ok(None);
        }
        let (line, bytes) = self.line()?;
        if let Line::End { documents, entries, chunks, digest } = line {
            self.end(&Summary { documents, entries, chunks, digest })?;
            return Ok(None);
        }
        self.hash.update(&bytes);
        let item = line.item().map_err(|reason| self.damaged(reason))?;
        let count = match &item {
            Item::Document(_) => &mut self.read.documents,
            Item::Chunk { .. } => &mut self.read.chunks,
            Item::Entry { .. } => &mut self.read.entries,
        };
        *count = count.saturating_add(1);
        Ok(Some(item))
    }

    /// What was read. It is whole once [`Reader::next`] has answered none.
    pub(super) fn summary(self) -> Summary {
        self.read
    }

    fn end(&mut self, written: &Summary) -> Result<(), ArchiveError> {
        self.read.digest = hex(&self.hash.clone().finalize());
        if self.read != *written {
            return Err(ArchiveError::Damaged(format!("it holds {}, and should hold {written}", self.read)));
        }
        // Reading to the end checks the compression's own sum, too.
        if self.file.read(&mut [0]).map_err(|error| self.unreadable(error))? != 0 {
            return Err(ArchiveError::Damaged("it goes on after its last line".into()));
        }
        self.ended = true;
        Ok(())
    }

    /// A line, and its bytes.
    fn line(&mut self) -> Result<(Line, Vec<u8>), ArchiveError> {
        let mut line = Vec::new();
        let read = self.file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        read.map_err(|error| self.unreadable(error))?;
        if line.last() != Some(&b'\n') {
            return Err(match line.len() as u64 {
                MAX_LINE => self.damaged("it is too long"),
                _ => ArchiveError::CutOff(self.lines),
            });
        }
        self.lines = self.lines.saturating_add(1);
        // The reason does not repeat what is in the line.
        let parsed = serde_json::from_slice(&line).map_err(|error| ArchiveError::Line {
            line: self.lines,
            reason: format!("it is not as a backup's are ({:?} at column {})", error.classify(), error.column()),
        })?;
        Ok((parsed, line))
    }

    fn damaged(&self, reason: &str) -> ArchiveError {
        ArchiveError::Line { line: self.lines, reason: reason.to_owned() }
    }

    fn unreadable(&self, error: std::io::Error) -> ArchiveError {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ArchiveError::CutOff(self.lines),
            _ => ArchiveError::File(error),
        }
    }
}
