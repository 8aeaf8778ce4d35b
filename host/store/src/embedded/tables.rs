//! The file and its tables.

use std::fs::OpenOptions;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, ReadableTable, TableDefinition};

use super::faults::fault;
use crate::StoreError;

/// Documents, as `record` lays them out.
pub(super) const DOCUMENTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("documents");

/// Numbers of the file itself.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// Entry of [`META`]: the last change's position in the feed.
pub(super) const SEQUENCE: &str = "sequence";

const FORMAT: &str = "format";
const FORMAT_VERSION: u64 = 1;

pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    let unreadable = |error: String| StoreError::Fault(format!("{}: {error}", path.display()));
    let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
        .open(path)
        .map_err(|error| unreadable(error.to_string()))?;
    let opened = FileBackend::new(file).and_then(|backend| Database::builder().create_with_backend(backend));
    let database = opened.map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StoreError::InUse(path.display().to_string())
        }
        error => unreadable(error.to_string()),
    })?;
    prepare(&database)?;
    Ok(database)
}

/// The file holds carriers' passwords: nobody but its owner reads it.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn prepare(database: &Database) -> Result<(), StoreError> {
    let transaction = database.begin_write().map_err(fault)?;
    {
        transaction.open_table(DOCUMENTS).map_err(fault)?;
        let mut meta = transaction.open_table(META).map_err(fault)?;
        let format = meta.get(FORMAT).map_err(fault)?.map(|format| format.value());
        match format {
            None => drop(meta.insert(FORMAT, FORMAT_VERSION).map_err(fault)?),
            Some(FORMAT_VERSION) => {}
            Some(other) => return Err(StoreError::Fault(format!("the file has format {other}, not {FORMAT_VERSION}"))),
        }
    }
    transaction.commit().map_err(fault)
}
