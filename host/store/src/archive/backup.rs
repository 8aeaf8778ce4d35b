//! A store into a file.

use std::io::Write;

use super::encode::Encoder;
use super::item::walk;
use super::unfinished::refuse_unfinished;
use super::{ArchiveError, Summary};
use crate::Store;

/// Writes everything that is in the store to `file`, as lines of JSON compressed by gzip; the last line says what the others add up
/// to. It needs the memory of a page of documents, whatever the store's size. Writing blocks the thread: it is for commands.
///
/// The file is as secret as the store: passwords are sealed in it, and digests of tokens, call records and numbers are not.
///
/// # Errors
/// Those of the store and the file; what was written is no backup then, and is refused by [`super::restore`].
pub async fn backup(store: &dyn Store, file: impl Write + Send) -> Result<Summary, ArchiveError> {
    refuse_unfinished(store).await?;
    let mut encoder = Encoder::new(file)?;
    walk(store, &mut encoder).await?;
    encoder.finish()
}
