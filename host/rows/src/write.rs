//! Single rows: put, replaced, removed.

use std::collections::{BTreeMap, BTreeSet};

use strowger_model::Owner;
use strowger_model::selector_row::SelectorRow;
use strowger_store::{Author, Batch, Expect, Key, Kind, Revision, StoreError, Write};

use crate::book::RowBook;
use crate::identity::{self, RowId};
use crate::publication::{Mode, Publication};
use crate::row::{self, StoredRow};
use crate::{RowsError, SelectorRows, publish, stage};

/// Rows of one request that are put one by one.
const AT_ONCE: usize = 2_000;

/// Single rows of a name that are worth folding.
const MANY: usize = 10_000;

/// Single rows of a name, after which whoever writes folds them.
const MOST: usize = 50_000;

/// How often a change is tried where others change the same rows.
const TRIES: usize = 8;

pub(crate) async fn put(
    rows: &SelectorRows,
    owner: Owner,
    put: Vec<SelectorRow>,
    author: Option<Author>,
) -> Result<(), RowsError> {
    put.iter().try_for_each(identity::check)?;
    if put.len() > AT_ONCE {
        return put_many(rows, owner, put, author).await;
    }
    let put: BTreeMap<RowId, SelectorRow> = put.into_iter().map(|row| (RowId::of(&row), row)).collect();
    let book = rows.book(owner).await?;
    let names: BTreeSet<String> = put.keys().map(|id| id.name.clone()).collect();
    rows.limits().check_names(&book, names.iter())?;
    rows.limits().check_rows(book.rows().saturating_add(put.len() as u64))?;
    let writes = put.into_iter().map(|(id, row)| {
        let document = document(&book, &id);
        let body = row::present(&document, &row);
        Write::put(Key::new(owner, Kind::SelectorRow, document), body, Expect::Anything)
    });
    rows.store().apply(Batch::of(writes.collect()).by(author)).await?;
    settle(rows, owner, &names).await
}

/// Many rows go into the parts at once.
async fn put_many(
    rows: &SelectorRows,
    owner: Owner,
    put: Vec<SelectorRow>,
    author: Option<Author>,
) -> Result<(), RowsError> {
    let run = stage::pass(rows.store(), owner, put, rows.limits().section_rows).await?;
    publish::pass(rows, owner, &run, &Publication::unnamed(Mode::Upsert, author)).await.map(drop)
}

/// Makes a change visible here before it is acknowledged, and has tables folded that have many single rows.
async fn settle(rows: &SelectorRows, owner: Owner, names: &BTreeSet<String>) -> Result<(), RowsError> {
    let book = rows.book(owner).await?;
    for (name, table) in names.iter().filter_map(|name| Some((name, book.tables.get(name)?))) {
        match table.overlay.len() {
            // Nobody folds: whoever writes does. The rows are written whether or not that succeeds.
            len if len >= MOST => {
                if let Err(error) = rows.fold(owner, name).await {
                    tracing::warn!(%owner, %error, "a table of selector rows is not folded for now");
                }
            }
            len if len >= MANY => rows.tell_crowded(owner, name),
            _ => {}
        }
    }
    Ok(())
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
        let names = BTreeSet::from([id.name.clone(), stored.id.name.clone()]);
        rows.limits().check_names(&book, names.iter())?;
        if apply(rows, owner, writes, &names, author.clone()).await? {
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
        let names = BTreeSet::from([id.name.clone()]);
        if apply(rows, owner, vec![removal(&book, owner, id)], &names, author.clone()).await? {
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
    names: &BTreeSet<String>,
    author: Option<Author>,
) -> Result<bool, RowsError> {
    match rows.store().apply(Batch::of(writes).by(author)).await {
        Ok(_) => settle(rows, owner, names).await.map(|()| true),
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
    let document = document(book, id);
    let key = Key::new(owner, Kind::SelectorRow, &document);
    let below = book.tables.get(&id.name).and_then(|table| table.base.find(&id.key));
    match below {
        None => Write::delete(key, seen(book, id)),
        Some(_) => Write::put(key, row::removed(&document, id), seen(book, id)),
    }
}
