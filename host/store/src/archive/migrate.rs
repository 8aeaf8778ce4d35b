//! A store into another one.

use super::fingerprint::Fingerprint;
use super::item::walk;
use super::load::Loader;
use super::{ArchiveError, Summary, unfinished};
use crate::Store;

/// Copies everything from one store to another, which is empty, whatever they are. Then both are read and compared by count and digest:
/// `from` must not be in use. What ends within a day is copied, and neither compared nor counted.
///
/// # Errors
/// [`ArchiveError::NotEmpty`] and the like before anything is written. Whatever fails later leaves `to` marked
/// ([`super::is_unfinished`]): it has to be emptied. `from` is never written to.
pub async fn migrate(from: &dyn Store, to: &dyn Store) -> Result<Summary, ArchiveError> {
    copy(from, to).await?;
    let summary = verify(from, to).await?;
    unfinished::finish(to).await?;
    Ok(summary)
}

pub(super) async fn copy(from: &dyn Store, to: &dyn Store) -> Result<(), ArchiveError> {
    unfinished::refuse_unfinished(from).await?;
    unfinished::begin(to).await?;
    let mut loader = Loader::new(to);
    walk(from, &mut loader).await?;
    loader.flush().await
}

pub(super) async fn verify(from: &dyn Store, to: &dyn Store) -> Result<Summary, ArchiveError> {
    let horizon = Fingerprint::horizon();
    let copied = Fingerprint::of(to, horizon).await?;
    compare(Fingerprint::of(from, horizon).await?, copied.clone())?;
    Ok(copied)
}

pub(super) fn compare(expected: Summary, copied: Summary) -> Result<(), ArchiveError> {
    if expected == copied {
        return Ok(());
    }
    Err(ArchiveError::Differs { expected: Box::new(expected), copied: Box::new(copied) })
}
