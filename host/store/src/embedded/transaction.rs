//! redb's transactions as the maps that the store is written over.

use std::cell::OnceCell;
use std::ops::{ControlFlow, Range};

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, WriteTransaction};

use super::faults::fault;
use super::tables::definition;
use crate::ordered::{Read, Table, Transaction, Visitor};
use crate::{Direction, Notice, StoreError};

type Bytes = &'static [u8];

fn get(table: &impl ReadableTable<Bytes, Bytes>, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(table.get(key).map_err(fault)?.map(|value| value.value().to_vec()))
}

fn visit(
    table: &impl ReadableTable<Bytes, Bytes>,
    range: &Range<Vec<u8>>,
    direction: Direction,
    visitor: &mut Visitor<'_>,
) -> Result<(), StoreError> {
    if range.start >= range.end {
        return Ok(());
    }
    let mut entries = table.range(range.start.as_slice()..range.end.as_slice()).map_err(fault)?;
    while let Some(entry) = match direction {
        Direction::Ascending => entries.next(),
        Direction::Descending => entries.next_back(),
    } {
        let (key, value) = entry.map_err(fault)?;
        if let ControlFlow::Break(()) = visitor(key.value(), value.value())? {
            break;
        }
    }
    Ok(())
}

/// One cell for each table, which is opened at its first use.
struct Opened<T>([OnceCell<T>; Table::ALL.len()]);

impl<T> Opened<T> {
    fn new() -> Self {
        Self(std::array::from_fn(|_| OnceCell::new()))
    }

    fn get(&self, table: Table, open: impl FnOnce() -> Result<T, redb::TableError>) -> Result<&T, StoreError> {
        let cell = self.0.get(table as usize).ok_or_else(unknown)?;
        if let Some(opened) = cell.get() {
            return Ok(opened);
        }
        let opened = open().map_err(fault)?;
        Ok(cell.get_or_init(|| opened))
    }

    fn get_mut(&mut self, table: Table) -> Result<&mut T, StoreError> {
        self.0.get_mut(table as usize).and_then(OnceCell::get_mut).ok_or_else(unknown)
    }
}

fn unknown() -> StoreError {
    StoreError::Fault("an unknown table".into())
}

/// What a reader sees.
pub(super) struct Snapshot {
    transaction: ReadTransaction,
    opened: Opened<ReadOnlyTable<Bytes, Bytes>>,
}

impl Snapshot {
    pub(super) fn of(transaction: ReadTransaction) -> Self {
        Self { transaction, opened: Opened::new() }
    }

    fn table(&self, table: Table) -> Result<&ReadOnlyTable<Bytes, Bytes>, StoreError> {
        self.opened.get(table, || self.transaction.open_table(definition(table)))
    }
}

impl Read for Snapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.table(table)?, key)
    }

    fn visit(
        &self,
        table: Table,
        range: Range<Vec<u8>>,
        direction: Direction,
        visitor: &mut Visitor<'_>,
    ) -> Result<(), StoreError> {
        visit(self.table(table)?, &range, direction, visitor)
    }
}

/// What a group of operations writes.
pub(super) struct Group<'t> {
    transaction: &'t WriteTransaction,
    opened: Opened<redb::Table<'t, Bytes, Bytes>>,
    /// What is to be told once it is durable.
    pub(super) notices: Vec<Notice>,
    /// How many writes there were.
    pub(super) writes: usize,
}

impl<'t> Group<'t> {
    pub(super) fn of(transaction: &'t WriteTransaction) -> Self {
        Self { transaction, opened: Opened::new(), notices: Vec::new(), writes: 0 }
    }

    fn table(&self, table: Table) -> Result<&redb::Table<'t, Bytes, Bytes>, StoreError> {
        self.opened.get(table, || self.transaction.open_table(definition(table)))
    }

    fn changing(&mut self, table: Table) -> Result<&mut redb::Table<'t, Bytes, Bytes>, StoreError> {
        self.table(table)?;
        self.writes += 1;
        self.opened.get_mut(table)
    }
}

impl Read for Group<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.table(table)?, key)
    }

    fn visit(
        &self,
        table: Table,
        range: Range<Vec<u8>>,
        direction: Direction,
        visitor: &mut Visitor<'_>,
    ) -> Result<(), StoreError> {
        visit(self.table(table)?, &range, direction, visitor)
    }
}

impl Transaction for Group<'_> {
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.changing(table)?.insert(key, value).map_err(fault).map(drop)
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<(), StoreError> {
        self.changing(table)?.remove(key).map_err(fault).map(drop)
    }

    fn tell(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
}
