//! The file and its tables.

use std::fs::OpenOptions;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, ReadableTable, TableDefinition, TableHandle};

use super::faults::fault;
use crate::StoreError;
use crate::ordered::Table;

pub(super) type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

pub(super) fn definition(table: Table) -> Definition {
    TableDefinition::new(match table {
        Table::Documents => "documents",
        Table::Listings => "listings",
        Table::Expiries => "expiries",
        Table::Counters => "counters",
        Table::Leases => "leases",
        Table::Streams => "streams",
        Table::Feed => "feed",
        Table::Chunks => "chunks",
        Table::Uploads => "uploads",
        Table::Meta => "meta",
    })
}

/// Numbers of the file itself.
const FILE: TableDefinition<'_, &str, u64> = TableDefinition::new("file");

const FORMAT: &str = "format";
const FORMAT_VERSION: u64 = 2;

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
    match prepare(&database)? {
        FORMAT_VERSION => Ok(database),
        other => {
            Err(unreadable(format!("the file has format {other}, and this program reads format {FORMAT_VERSION}")))
        }
    }
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

/// Makes the tables of a new file. Answers the file's format.
fn prepare(database: &Database) -> Result<u64, StoreError> {
    let transaction = database.begin_write().map_err(fault)?;
    let is_new = transaction.list_tables().map_err(fault)?.next().is_none();
    if !is_new {
        let named = |name: &str| -> Result<bool, StoreError> {
            Ok(transaction.list_tables().map_err(fault)?.any(|table| table.name() == name))
        };
        // Format 1 kept its number elsewhere.
        if !named(FILE.name())? {
            return Ok(1);
        }
        let format =
            transaction.open_table(FILE).map_err(fault)?.get(FORMAT).map_err(fault)?.map(|format| format.value());
        return Ok(format.unwrap_or(0));
    }
    transaction.open_table(FILE).map_err(fault)?.insert(FORMAT, FORMAT_VERSION).map_err(fault)?;
    for table in Table::ALL {
        transaction.open_table(definition(table)).map_err(fault)?;
    }
    transaction.commit().map_err(fault)?;
    Ok(FORMAT_VERSION)
}
