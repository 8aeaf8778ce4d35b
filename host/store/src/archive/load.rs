//! Writing pieces into a store, many in one step.

use std::time::SystemTime;

use async_trait::async_trait;
use serde_json::Value;

use super::ArchiveError;
use super::item::{ENTRIES, Item, Sink, upload};
use crate::{Batch, Document, Entry, Expect, Name, Store, Upload, Write};

/// Most documents that are written in one step.
const DOCUMENTS: usize = 1_000;

/// As many bytes of JSON, or about that, are written in one step.
const BYTES: usize = 4 << 20;

pub(super) struct Loader<'a> {
    store: &'a dyn Store,
    batch: Batch,
    /// About how large the batch is.
    bytes: usize,
    stream: Option<(Name, Vec<Entry>)>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(store: &'a dyn Store) -> Self {
        Self { store, batch: Batch::default(), bytes: 0, stream: None }
    }

    /// Writes what has not been yet.
    pub(super) async fn flush(&mut self) -> Result<(), ArchiveError> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if !batch.writes.is_empty() {
            self.store.apply(batch).await?;
        }
        if let Some((stream, entries)) = self.stream.take() {
            self.store.append_at(&stream, entries).await?;
        }
        Ok(())
    }

    async fn document(&mut self, document: Document) -> Result<(), ArchiveError> {
        let other = self.batch.writes.first().is_some_and(|write| write.key.owner != document.key.owner);
        if other || self.batch.writes.len() >= DOCUMENTS || self.bytes >= BYTES {
            self.flush().await?;
        }
        // One that ended since the copy was made does not come to life again.
        if document.expires.is_some_and(|end| end <= SystemTime::now()) {
            return Ok(());
        }
        self.batch.keep.extend(upload(&document).map(|(upload, _)| upload));
        let Document { key, revision, body, expires } = document;
        self.bytes = self.bytes.saturating_add(size(&body));
        let write = Write { key, body: Some(body), expect: Expect::Absent, expires, revision: Some(revision) };
        self.batch.writes.push(write);
        Ok(())
    }

    async fn entry(&mut self, stream: Name, entry: Entry) -> Result<(), ArchiveError> {
        let goes_on = |(name, entries): &(Name, Vec<Entry>)| *name == stream && entries.len() < ENTRIES;
        if !self.stream.as_ref().is_some_and(goes_on) {
            self.flush().await?;
        }
        self.stream.get_or_insert_with(|| (stream, Vec::new())).1.push(entry);
        Ok(())
    }

    async fn chunk(&mut self, upload: &Upload, index: u32, bytes: bytes::Bytes) -> Result<(), ArchiveError> {
        Ok(self.store.put_chunk(upload, index, bytes).await?)
    }
}

#[async_trait]
impl Sink for Loader<'_> {
    async fn take(&mut self, item: Item) -> Result<(), ArchiveError> {
        match item {
            Item::Document(document) => self.document(document).await,
            Item::Chunk { upload, index, bytes } => self.chunk(&upload, index, bytes).await,
            Item::Entry { stream, entry } => self.entry(stream, entry).await,
        }
    }
}

/// About how long it is as text.
fn size(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len().saturating_add(size(value))).sum(),
        _ => 0,
    };
    inner.saturating_add(8)
}
