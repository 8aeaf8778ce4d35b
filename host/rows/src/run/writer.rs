//! Uploading a run.

use std::sync::Arc;

use strowger_model::{Owner, Sid};
use strowger_store::{Blob, BlobWriter, Key, Kind, MAX_BLOB, Store, Upload, Write};

use super::Run;
use crate::RowsError;

/// A run on its way into the store. What no batch keeps goes by itself.
pub(crate) struct RunWriter {
    store: Arc<dyn Store>,
    key: Key,
    current: BlobWriter,
    written: Vec<(Blob, Write, Upload)>,
}

/// A run that has arrived.
pub(crate) struct Written(Vec<(Blob, Write, Upload)>);

impl RunWriter {
    /// A run that a document of that key may describe, if it is not too long for one blob.
    pub(crate) fn new(store: &Arc<dyn Store>, key: Key) -> Self {
        let current = BlobWriter::new(Arc::clone(store), key.clone());
        Self { store: Arc::clone(store), key, current, written: Vec::new() }
    }

    /// A run that nobody keeps.
    pub(crate) fn passing(store: &Arc<dyn Store>, owner: Owner) -> Self {
        Self::new(store, Key::new(owner, Kind::Blob, format!("selector_rows:passing:{}", Sid::random())))
    }

    pub(crate) async fn write(&mut self, section: &[u8]) -> Result<(), RowsError> {
        if self.current.size().saturating_add(section.len() as u64) > MAX_BLOB {
            let next = BlobWriter::new(Arc::clone(&self.store), self.key.clone());
            self.written.push(std::mem::replace(&mut self.current, next).finish().await?);
        }
        Ok(self.current.write(section).await?)
    }

    pub(crate) async fn finish(mut self) -> Result<Written, RowsError> {
        self.written.push(self.current.finish().await?);
        Ok(Written(self.written))
    }
}

impl Written {
    pub(crate) fn run(&self) -> Run {
        Run { blobs: self.0.iter().map(|(blob, ..)| blob.clone()).collect() }
    }

    pub(crate) fn uploads(&self) -> impl Iterator<Item = Upload> {
        self.0.iter().map(|(.., upload)| upload.clone())
    }

    /// What keeps it; none where it is too long for one document.
    pub(crate) fn kept(self) -> Option<(Write, Upload)> {
        let mut written = self.0.into_iter();
        let (_, write, upload) = written.next()?;
        written.next().is_none().then_some((write, upload))
    }
}
