//! A file into a store.

use std::io::{Read, Seek};

use super::fingerprint::Fingerprint;
use super::item::Sink;
use super::load::Loader;
use super::read::Reader;
use super::{ArchiveError, Summary, unfinished};
use crate::Store;

/// Writes everything that is in a backup into an empty store. The file is read twice: nothing is written unless all of it is as it was
/// when it was made. At the end the store is read and compared with the file. Documents that have ended since are left out; they, and
/// those that end within a day, are not compared. Reading blocks the thread: it is for commands.
///
/// # Errors
/// [`ArchiveError::NotEmpty`] and the like before anything is written. Whatever fails later leaves the store marked
/// ([`super::is_unfinished`]): it has to be emptied.
pub async fn restore(store: &dyn Store, mut file: impl Read + Seek + Send) -> Result<Summary, ArchiveError> {
    let mut fingerprint = Fingerprint::new(Fingerprint::horizon());
    let horizon = fingerprint.horizon;
    let mut reader = Reader::new(&mut file)?;
    while let Some(item) = reader.next()? {
        fingerprint.take(item).await?;
    }
    let summary = reader.summary();
    let expected = fingerprint.summary();

    unfinished::begin(store).await?;
    file.rewind()?;
    let mut reader = Reader::new(&mut file)?;
    let mut loader = Loader::new(store);
    while let Some(item) = reader.next()? {
        loader.take(item).await?;
    }
    loader.flush().await?;
    super::migrate::compare(expected, Fingerprint::of(store, horizon).await?)?;
    unfinished::finish(store).await?;
    Ok(summary)
}
