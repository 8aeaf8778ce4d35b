//! Reading an owner's book from the store: all of it, or what has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{Document, Key, Kind, Scan, Store};

use crate::RowsError;
use crate::book::RowBook;
use crate::overlay::Entry;
use crate::row;
use crate::table::Table;

/// Everything.
pub(crate) async fn all(store: &dyn Store, owner: Owner) -> Result<RowBook, RowsError> {
    let mut book = RowBook::default();
    let mut scan = Scan::of(owner, Kind::SelectorRow);
    loop {
        let page = store.scan(&scan).await?;
        page.documents.into_iter().for_each(|document| lay(&mut book, document));
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(book),
        }
    }
}

/// A book with these documents read anew.
pub(crate) async fn some(store: &dyn Store, book: &RowBook, keys: &BTreeSet<Key>) -> Result<RowBook, RowsError> {
    let mut book = book.clone();
    for key in keys {
        match store.get(key).await? {
            Some(document) => lay(&mut book, document),
            None => take(&mut book.tables, &key.id),
        }
    }
    Ok(book)
}

fn lay(book: &mut RowBook, document: Document) {
    let Some((id, row)) = row::read(&document) else {
        return tracing::error!(row = %document.key.id, "unreadable selector row left out");
    };
    let table = Arc::make_mut(book.tables.entry(id.name).or_default());
    let entry = Entry { document: document.key.id, revision: document.revision, row };
    table.overlay.insert(id.key, Arc::new(entry));
}

fn take(tables: &mut BTreeMap<String, Arc<Table>>, document: &str) {
    for table in tables.values_mut() {
        let found = table.overlay.iter().find(|(_, entry)| entry.document == document).map(|(key, _)| key.clone());
        if let Some(key) = found {
            Arc::make_mut(table).overlay.remove(&key);
        }
    }
    tables.retain(|_, table| !table.overlay.is_empty());
}
