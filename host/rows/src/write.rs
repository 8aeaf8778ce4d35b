//! Single rows: put, replaced, removed.

use std::collections::BTreeMap;

use strowger_model::Owner;
use strowger_model::selector_row::SelectorRow;
use strowger_store::{Author, Batch, Expect, Key, Kind, Revision, StoreError, Write};

use crate::book::RowBook;
use crate::identity::{self, RowId};
use crate::row::{self, StoredRow};
use crate::{RowsError, SelectorRows};

/// How often a change is tried where others change the same rows.
const TRIES: usize = 8;

pub(crate) async fn put(
    rows: &SelectorRows,
    owner: Owner,
    put: Vec<SelectorRow>,
    author: Option<Author>,
) -> Result<(), RowsError> {
    put.iter().try_for_each(identity::check)?;
    let put: BTreeMap<RowId, SelectorRow> = put.into_iter().map(|row| (RowId::of(&row), row)).collect();
    let book = rows.book(owner).await?;
    let writes = put.into_iter().map(|(id, row)| {
        let document = document(&book, &id);
        let body = row::present(&document, &row);
        Write::put(Key::new(owner, Kind::SelectorRow, document), body, Expect::Anything)
    });
    rows.store().apply(Batch::of(writes.collect()).by(author)).await?;
    rows.book(owner).await.map(drop)
}

pub(crate) async fn replace(
    rows: &SelectorRows,
    owner: Owner,
    id: &RowId,
    new: SelectorRow,
    expect: Option<&Revision>,
    author: Option<Author>,
) -> Result<StoredRow, RowsError> {
    identity::check(&new)?;
    let stored = StoredRow::from(new);
    for _ in 0..TRIES {
        let book = rows.book(owner).await?;
        expected(&book, id, expect)?;
        let mut writes = vec![write_of(&book, owner, &stored)];
        if stored.id != *id {
            if book.get(&stored.id).is_some() {
                return Err(RowsError::Exists);
            }
            writes.push(removal(&book, owner, id));
        }
        if apply(rows, owner, writes, author.clone()).await? {
            return Ok(stored);
        }
    }
    Err(RowsError::Contended)
}

pub(crate) async fn remove(
    rows: &SelectorRows,
    owner: Owner,
    id: &RowId,
    expect: Option<&Revision>,
    author: Option<Author>,
) -> Result<StoredRow, RowsError> {
    for _ in 0..TRIES {
        let book = rows.book(owner).await?;
        let found = expected(&book, id, expect)?;
        if apply(rows, owner, vec![removal(&book, owner, id)], author.clone()).await? {
            return Ok(found);
        }
    }
    Err(RowsError::Contended)
}

fn expected(book: &RowBook, id: &RowId, expect: Option<&Revision>) -> Result<StoredRow, RowsError> {
    let found = book.get(id).ok_or(RowsError::NotFound)?;
    match expect {
        Some(expected) if *expected != found.revision => Err(RowsError::Changed { current: found.revision }),
        _ => Ok(found),
    }
}

/// False where somebody else was faster.
async fn apply(
    rows: &SelectorRows,
    owner: Owner,
    writes: Vec<Write>,
    author: Option<Author>,
) -> Result<bool, RowsError> {
    match rows.store().apply(Batch::of(writes).by(author)).await {
        Ok(_) => rows.book(owner).await.map(|_| true),
        Err(StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn document(book: &RowBook, id: &RowId) -> String {
    let entry = book.tables.get(&id.name).and_then(|table| table.overlay.get(&id.key));
    entry.map_or_else(|| row::document_id(id), |entry| entry.document.clone())
}

/// The document's revision, as the book has it.
fn seen(book: &RowBook, id: &RowId) -> Expect {
    let entry = book.tables.get(&id.name).and_then(|table| table.overlay.get(&id.key));
    entry.map_or(Expect::Absent, |entry| Expect::Revision(entry.revision.clone()))
}

fn write_of(book: &RowBook, owner: Owner, stored: &StoredRow) -> Write {
    let document = document(book, &stored.id);
    let body = row::present(&document, &stored.row);
    Write::put(Key::new(owner, Kind::SelectorRow, document), body, seen(book, &stored.id))
}

fn removal(book: &RowBook, owner: Owner, id: &RowId) -> Write {
    let key = Key::new(owner, Kind::SelectorRow, document(book, id));
    Write::delete(key, seen(book, id))
}
