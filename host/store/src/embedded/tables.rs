//! The file and its tables.

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io;
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

fn unreadable(path: &Path, error: impl Display) -> StoreError {
    StoreError::Fault(format!("{}: {error}", path.display()))
}

pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    if !path.exists() {
        make(path).map_err(|error| unreadable(path, error))?;
    }
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| unreadable(path, error))?;
    let database = database(file).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            StoreError::InUse(path.display().to_string())
        }
        error => unreadable(path, error),
    })?;
    match prepare(&database)? {
        FORMAT_VERSION => Ok(database),
        other => Err(unreadable(
            path,
            format!("the file has format {other}, and this program reads format {FORMAT_VERSION}"),
        )),
    }
}

/// Bytes of the file's pages that are kept in memory. What is not among them is mostly in the system's own cache.
const CACHE: usize = 64 << 20;

fn database(file: File) -> Result<Database, DatabaseError> {
    Database::builder().set_cache_size(CACHE).create_with_backend(FileBackend::new(file)?)
}

/// A file gets its name once it is a whole one, since redb does not open what it was killed while making. The temporary file, and so
/// the store, is readable by its owner only: it holds carriers' passwords.
fn make(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = tempfile::Builder::new().prefix(".store-").suffix(".new").tempfile_in(folder)?;
    let database = database(whole.reopen()?).map_err(io::Error::other)?;
    prepare(&database).map_err(io::Error::other)?;
    drop(database);
    match whole.persist_noclobber(path) {
        Ok(_) => File::open(folder)?.sync_all(),
        // Another process was first.
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(failed) => Err(failed.error),
    }
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
