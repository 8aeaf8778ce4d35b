//! Files of a task: series of blobs, each as long as a blob can be but for the last.

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use strowger_model::Owner;
use strowger_store::{
    Batch, Blob, BlobError, BlobWriter, CHUNK, Key, Kind, MAX_BLOB, Scan, Store, StoreError, StoreExt, Upload, Write,
};

use super::{FileName, TaskId};

/// Chunks that are fetched at once.
const FETCHED: usize = 8;

/// Bytes on their way into the store. What no batch keeps goes by itself.
pub(super) struct FileWriter {
    store: Arc<dyn Store>,
    owner: Owner,
    task: TaskId,
    file: FileName,
    /// Blobs that the file has already.
    before: usize,
    current: BlobWriter,
    finished: Written,
}

/// What belongs into the batch that keeps a file.
#[derive(Default)]
pub(super) struct Written {
    pub(super) blobs: Vec<Blob>,
    writes: Vec<Write>,
    keep: Vec<Upload>,
}

impl Written {
    pub(super) fn into_batch(self, batch: &mut Batch) -> Vec<Blob> {
        batch.writes.extend(self.writes);
        batch.keep.extend(self.keep);
        self.blobs
    }
}

impl FileWriter {
    pub(super) fn new(store: &Arc<dyn Store>, owner: Owner, task: &TaskId, file: FileName, before: usize) -> Self {
        let current = BlobWriter::new(Arc::clone(store), task.blob(owner, file, before));
        Self {
            store: Arc::clone(store),
            owner,
            task: task.clone(),
            file,
            before,
            current,
            finished: Written::default(),
        }
    }

    pub(super) async fn write(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        while !bytes.is_empty() {
            let room = usize::try_from(MAX_BLOB - self.current.size()).unwrap_or(usize::MAX);
            let (taken, rest) = bytes.split_at(bytes.len().min(room));
            self.current.write(taken).await?;
            bytes = rest;
            if self.current.size() == MAX_BLOB {
                self.next().await?;
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<(), BlobError> {
        let key = self.task.blob(self.owner, self.file, self.before + self.finished.blobs.len() + 1);
        let full = std::mem::replace(&mut self.current, BlobWriter::new(Arc::clone(&self.store), key));
        self.finished.push(full).await
    }

    pub(super) async fn finish(mut self) -> Result<Written, BlobError> {
        if self.current.size() > 0 || self.finished.blobs.is_empty() {
            self.finished.push(self.current).await?;
        }
        Ok(self.finished)
    }

    /// What has arrived, to be taken away at once.
    pub(super) fn abandoned(&self) -> Vec<Upload> {
        self.finished.keep.iter().chain([self.current.upload()]).cloned().collect()
    }
}

impl Written {
    async fn push(&mut self, writer: BlobWriter) -> Result<(), BlobError> {
        let (blob, write, upload) = writer.finish().await?;
        self.blobs.push(blob);
        self.writes.push(write);
        self.keep.push(upload);
        Ok(())
    }
}

/// The blobs of a file, found by what their ids begin with.
pub(super) async fn blobs(store: &dyn Store, owner: Owner, beginning: &str) -> Result<Vec<(Key, Blob)>, StoreError> {
    let found = store.collect(Scan::of(owner, Kind::Blob).prefix(beginning)).await?;
    found.into_iter().map(|document| Ok((document.key.clone(), document.decode()?))).collect()
}

/// All chunks of a file.
pub(super) fn all(
    store: Arc<dyn Store>,
    owner: Owner,
    beginning: String,
) -> impl Stream<Item = Result<Bytes, BlobError>> + Send {
    let found = async move {
        let blobs = blobs(&*store, owner, &beginning).await?;
        Ok::<_, BlobError>(chunks(store, owner, blobs.into_iter().map(|(_, blob)| blob).collect(), 0))
    };
    stream::once(found).try_flatten()
}

/// A file's chunks from that one on.
pub(super) fn chunks(
    store: Arc<dyn Store>,
    owner: Owner,
    blobs: Vec<Blob>,
    from: u64,
) -> impl Stream<Item = Result<Bytes, BlobError>> + Send {
    let uploads = blobs.into_iter().flat_map(move |blob| {
        let upload = Upload { owner, id: blob.upload.clone() };
        (0..blob.size.div_ceil(CHUNK as u64)).map(move |index| (upload.clone(), index))
    });
    let wanted = uploads.skip(usize::try_from(from).unwrap_or(usize::MAX));
    let fetched = stream::iter(wanted).map(move |(upload, index)| {
        let store = Arc::clone(&store);
        async move {
            let chunk = store.chunk(&upload, u32::try_from(index).unwrap_or(u32::MAX)).await?;
            chunk.ok_or(BlobError::Gone)
        }
    });
    fetched.buffered(FETCHED)
}

/// Up to `most` bytes of a file from `offset` on; they end before `most` with the file only.
pub(super) async fn read(
    store: &Arc<dyn Store>,
    owner: Owner,
    blobs: &[Blob],
    offset: u64,
    most: usize,
) -> Result<Vec<u8>, BlobError> {
    let (first, skipped) = (offset / CHUNK as u64, offset % CHUNK as u64);
    let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
    let wanted = skipped.saturating_add(most).div_ceil(CHUNK);
    let chunks = chunks(Arc::clone(store), owner, blobs.to_vec(), first).take(wanted);
    let bytes = Vec::with_capacity(wanted * CHUNK);
    let mut bytes: Vec<u8> = chunks
        .try_fold(bytes, |mut bytes, chunk| async move {
            bytes.extend_from_slice(&chunk);
            Ok(bytes)
        })
        .await?;
    bytes.drain(..skipped.min(bytes.len()));
    bytes.truncate(most);
    Ok(bytes)
}

/// Bytes of a file.
pub(super) fn size(blobs: &[Blob]) -> u64 {
    blobs.iter().map(|blob| blob.size).sum()
}
