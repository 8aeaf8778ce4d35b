//! Making staged rows visible.

use std::collections::BTreeMap;

use strowger_model::Owner;
use strowger_model::selector_row::SelectorRow;
use strowger_store::{Batch, Direction, Expect, Key, Kind, Write};

use crate::book::{RowBook, RowFilter};
use crate::identity::RowId;
use crate::publication::{Mode, Publication, Published};
use crate::row::{self, StoredRow};
use crate::{RowsError, SelectorRows, stage};

pub(crate) async fn publish(
    rows: &SelectorRows,
    owner: Owner,
    publication: Publication,
) -> Result<Published, RowsError> {
    let mut staged: BTreeMap<RowId, SelectorRow> = BTreeMap::new();
    for run in &publication.runs {
        staged.extend(stage::read(rows.store(), owner, run).await?.into_iter().map(|row| (RowId::of(&row), row)));
    }
    let book = rows.book(owner).await?;
    let mut done = Published::default();
    let gone = gone(&book, &staged, publication.mode);
    done.removed = gone.len() as u64;
    let mut writes: Vec<Write> = gone.iter().map(|id| delete(owner, id)).collect();
    for (id, row) in staged.into_iter().filter(|_| publication.mode != Mode::Delete) {
        match book.get(&id) {
            None => done.added += 1,
            Some(found) if found.row == row => continue,
            Some(_) => done.changed += 1,
        }
        let document = row::document_id(&id);
        let body = row::present(&document, &row);
        writes.push(Write::put(Key::new(owner, Kind::SelectorRow, document), body, Expect::Anything));
    }
    let batch = Batch { fence: publication.fence, ..Batch::of(writes).by(publication.author) };
    rows.store().apply(batch).await?;
    stage::discard(&**rows.store(), owner, &publication.runs).await?;
    rows.book(owner).await?;
    Ok(done)
}

fn gone(book: &RowBook, staged: &BTreeMap<RowId, SelectorRow>, mode: Mode) -> Vec<RowId> {
    let mut names: Vec<&str> = staged.keys().map(RowId::name).collect();
    names.dedup();
    let filter = |name: &str| RowFilter { name: Some(name.to_owned()), resource: None };
    let all = names.into_iter().flat_map(|name| book.page(&filter(name), None, Direction::Ascending, usize::MAX));
    let goes = |found: &StoredRow| match mode {
        Mode::Upsert => false,
        Mode::Replace => !staged.contains_key(&found.id),
        Mode::Delete => staged.values().any(|row| same_but_times(row, &found.row)),
    };
    all.filter(goes).map(|found| found.id).collect()
}

fn same_but_times(a: &SelectorRow, b: &SelectorRow) -> bool {
    a.name == b.name && a.resource == b.resource && a.selector == b.selector
}

fn delete(owner: Owner, id: &RowId) -> Write {
    Write::delete(Key::new(owner, Kind::SelectorRow, row::document_id(id)), Expect::Anything)
}
