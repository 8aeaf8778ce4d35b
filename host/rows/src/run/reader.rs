//! Reading a run back, section by section.

use std::sync::Arc;

use bytes::BytesMut;
use strowger_model::Owner;
use strowger_store::{Blob, BlobReader, Store};

use super::section::{damaged, take};
use super::{Gauge, Run, Section};
use crate::RowsError;
use crate::part::Part;

/// A run that is being read. Beside the section that it has handed over last it holds less than a section and a chunk of bytes.
pub(crate) struct RunReader {
    store: Arc<dyn Store>,
    owner: Owner,
    blobs: std::vec::IntoIter<Blob>,
    blob: Option<BlobReader>,
    waiting: BytesMut,
    gauge: Arc<Gauge>,
}

impl RunReader {
    pub(crate) fn new(store: &Arc<dyn Store>, owner: Owner, run: Run, gauge: &Arc<Gauge>) -> Self {
        let (store, blobs, gauge) = (Arc::clone(store), run.blobs.into_iter(), Arc::clone(gauge));
        Self { store, owner, blobs, blob: None, waiting: BytesMut::new(), gauge }
    }

    /// The next section; none at the end. Whether all bytes are those that were written is known at the end of each blob only: what was
    /// made of them before is not to be used where this fails.
    pub(crate) async fn next(&mut self) -> Result<Option<Section>, RowsError> {
        loop {
            if let Some((name, part)) = take(&mut self.waiting)? {
                let part = Part::open(&part)?;
                return Ok(Some(Section { name, part, _loaded: self.gauge.enter() }));
            }
            if !self.fetch().await? {
                return if self.waiting.is_empty() { Ok(None) } else { Err(damaged()) };
            }
        }
    }

    /// Fetches a chunk; false where there is none left.
    async fn fetch(&mut self) -> Result<bool, RowsError> {
        loop {
            if let Some(blob) = &mut self.blob
                && let Some(chunk) = blob.next().await?
            {
                self.waiting.extend_from_slice(&chunk);
                return Ok(true);
            }
            let Some(blob) = self.blobs.next() else { return Ok(false) };
            self.blob = Some(BlobReader::of(Arc::clone(&self.store), self.owner, blob));
        }
    }
}
