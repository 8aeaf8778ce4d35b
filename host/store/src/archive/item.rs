//! Everything in a store, piece by piece.

use async_trait::async_trait;
use strowger_model::Owner;

use super::ArchiveError;
use super::unfinished::is_mark;
use crate::walk::{Owners, Pages};
use crate::{Blob, Direction, Document, Entry, Kind, Name, Store, Upload};

/// Entries of a stream that are read at once.
pub(super) const ENTRIES: usize = 100;

/// Names of streams that are read at once.
const NAMES: usize = 1_000;

/// A piece. The chunks of a blob come right before its document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Document(Document),
    Chunk { upload: Upload, index: u32, bytes: bytes::Bytes },
    Entry { stream: Name, entry: Entry },
}

/// What is done with each piece.
#[async_trait]
pub(super) trait Sink: Send {
    async fn take(&mut self, item: Item) -> Result<(), ArchiveError>;
}

/// Hands over everything: owners ascending, of each its documents by kind and id, then its streams by name.
pub(super) async fn walk(store: &dyn Store, sink: &mut dyn Sink) -> Result<(), ArchiveError> {
    let mut owners = Owners::of(store);
    while let Some(owner) = owners.next().await? {
        for kind in Kind::ALL {
            let mut pages = Pages::of(store, owner, kind);
            while let Some(documents) = pages.next().await? {
                for document in documents.into_iter().filter(|document| !is_mark(&document.key)) {
                    chunks(store, &document, sink).await?;
                    sink.take(Item::Document(document)).await?;
                }
            }
        }
        streams(store, owner, sink).await?;
    }
    Ok(())
}

/// The upload of a blob's document.
pub(super) fn upload(document: &Document) -> Option<(Upload, Blob)> {
    let blob = Some(&document.body).filter(|_| document.key.kind == Kind::Blob);
    let blob: Blob = serde::Deserialize::deserialize(blob?).ok()?;
    Some((Upload { owner: document.key.owner, id: blob.upload.clone() }, blob))
}

async fn chunks(store: &dyn Store, document: &Document, sink: &mut dyn Sink) -> Result<(), ArchiveError> {
    let Some((upload, blob)) = upload(document) else { return Ok(()) };
    for index in 0..u32::try_from(blob.chunks()).unwrap_or(u32::MAX) {
        match store.chunk(&upload, index).await? {
            Some(bytes) => sink.take(Item::Chunk { upload: upload.clone(), index, bytes }).await?,
            // Somebody removed the blob since its document was read.
            None if store.get(&document.key).await?.as_ref() != Some(document) => return Ok(()),
            None => return Err(ArchiveError::Chunk { key: Box::new(document.key.clone()), index }),
        }
    }
    Ok(())
}

async fn streams(store: &dyn Store, owner: Owner, sink: &mut dyn Sink) -> Result<(), ArchiveError> {
    let mut last: Option<String> = None;
    loop {
        let names = store.streams(owner, last.as_deref(), NAMES).await?;
        for name in &names {
            entries(store, &Name::new(owner, name), sink).await?;
        }
        match names.into_iter().next_back() {
            Some(name) => last = Some(name),
            None => return Ok(()),
        }
    }
}

async fn entries(store: &dyn Store, stream: &Name, sink: &mut dyn Sink) -> Result<(), ArchiveError> {
    let mut after = None;
    loop {
        let entries = store.read(stream, after, Direction::Ascending, ENTRIES).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = Some(last.position);
        for entry in entries {
            sink.take(Item::Entry { stream: stream.clone(), entry }).await?;
        }
    }
}
