//! The digest of a store's content, and how much there is of it.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::item::{Item, Sink, upload, walk};
use super::line::Line;
use super::{ArchiveError, Summary};
use crate::{Store, Upload};

/// What ends sooner than this may be gone before a copy is compared with what it is of. It is copied, and not compared.
const SOON: Duration = Duration::from_secs(24 * 60 * 60);

/// Counts and digests what lasts.
pub(super) struct Fingerprint {
    /// What ends before is passed over.
    pub(super) horizon: SystemTime,
    hash: Sha256,
    summary: Summary,
    /// Chunks of a blob whose document has not come yet.
    pending: Vec<(Upload, [u8; 32])>,
}

impl Fingerprint {
    /// When what is passed over ends at the latest.
    pub(super) fn horizon() -> SystemTime {
        SystemTime::now().checked_add(SOON).unwrap_or_else(SystemTime::now)
    }

    pub(super) fn new(horizon: SystemTime) -> Self {
        Self { horizon, hash: Sha256::new(), summary: Summary::default(), pending: Vec::new() }
    }

    /// That of a store.
    pub(super) async fn of(store: &dyn Store, horizon: SystemTime) -> Result<Summary, ArchiveError> {
        let mut fingerprint = Self::new(horizon);
        walk(store, &mut fingerprint).await?;
        Ok(fingerprint.summary())
    }

    pub(super) fn summary(self) -> Summary {
        Summary { digest: hex(&self.hash.finalize()), ..self.summary }
    }

    pub(super) fn add(&mut self, item: Item) -> Result<(), serde_json::Error> {
        match &item {
            Item::Chunk { upload, bytes, .. } => {
                self.pending.push((upload.clone(), Sha256::digest(bytes).into()));
                return Ok(());
            }
            Item::Entry { .. } => self.summary.entries = self.summary.entries.saturating_add(1),
            Item::Document(document) => {
                let chunks = std::mem::take(&mut self.pending);
                if document.expires.is_some_and(|end| end < self.horizon) {
                    return Ok(());
                }
                self.summary.documents = self.summary.documents.saturating_add(1);
                let own = upload(document).map(|(upload, _)| upload);
                for (_, digest) in chunks.iter().filter(|(upload, _)| Some(upload) == own.as_ref()) {
                    self.summary.chunks = self.summary.chunks.saturating_add(1);
                    self.hash.update(digest);
                }
            }
        }
        let line = serde_json::to_vec(&Line::from(item))?;
        self.hash.update((line.len() as u64).to_be_bytes());
        self.hash.update(&line);
        Ok(())
    }
}

#[async_trait]
impl Sink for Fingerprint {
    async fn take(&mut self, item: Item) -> Result<(), ArchiveError> {
        self.add(item).map_err(|error| ArchiveError::File(error.into()))
    }
}

pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
