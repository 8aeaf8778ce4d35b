//! A mark in a store that is being written as a whole: whoever opens it meanwhile, or after a crash, can tell.

use serde_json::json;
use strowger_model::Owner;

use super::ArchiveError;
use crate::walk::Owners;
use crate::{Expect, Key, Kind, Scan, Store, StoreError, StoreExt};

/// The setting that is there as long as the store is not whole.
const ID: &str = "unfinished_copy";

fn mark() -> Key {
    Key::new(Owner::System, Kind::Setting, ID)
}

pub(super) fn is_mark(key: &Key) -> bool {
    *key == mark()
}

/// Whether the store has only part of what was being restored or migrated into it. Such a store must not be served.
///
/// # Errors
/// Those of the store.
pub async fn is_unfinished(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get(&mark()).await?.is_some())
}

pub(super) async fn refuse_unfinished(store: &dyn Store) -> Result<(), ArchiveError> {
    if is_unfinished(store).await? { Err(ArchiveError::Unfinished) } else { Ok(()) }
}

/// Marks an empty store.
pub(super) async fn begin(store: &dyn Store) -> Result<(), ArchiveError> {
    refuse_unfinished(store).await?;
    let mut owners = Owners::of(store);
    while let Some(owner) = owners.next().await? {
        for kind in Kind::ALL {
            let page = store.scan(&Scan::of(owner, kind).limit(1)).await?;
            if let Some(document) = page.documents.into_iter().next() {
                return Err(ArchiveError::NotEmpty(Box::new(document.key)));
            }
        }
        if let Some(name) = store.streams(owner, None, 1).await?.into_iter().next() {
            return Err(ArchiveError::HasStream(crate::Name::new(owner, name)));
        }
    }
    match store.put(mark(), json!({}), Expect::Absent).await {
        Ok(_) => Ok(()),
        Err(StoreError::Conflict(_)) => Err(ArchiveError::Unfinished),
        Err(error) => Err(error.into()),
    }
}

/// Takes the mark away.
pub(super) async fn finish(store: &dyn Store) -> Result<(), ArchiveError> {
    Ok(store.delete(mark(), Expect::Present).await?)
}
