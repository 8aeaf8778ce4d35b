//! Blobs: every chunk is there, and all of them are the bytes that their document describes.

use std::sync::Arc;

use super::{Problem, Report};
use crate::{BlobError, BlobReader, Document, Store, StoreError};

pub(super) async fn check(store: &Arc<dyn Store>, document: Document, report: &mut Report) -> Result<(), StoreError> {
    report.blobs = report.blobs.saturating_add(1);
    match read(store, &document).await {
        Ok(()) => Ok(()),
        Err(BlobError::Store(error)) if !super::is_fault(&error) => Err(error),
        Err(error) => {
            report.add(Problem::Blob { key: document.key, reason: error.to_string() });
            Ok(())
        }
    }
}

async fn read(store: &Arc<dyn Store>, document: &Document) -> Result<(), BlobError> {
    let Some(mut reader) = BlobReader::open(Arc::clone(store), &document.key).await? else { return Ok(()) };
    while reader.next().await?.is_some() {}
    Ok(())
}
