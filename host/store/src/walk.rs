//! Going through everything in a store, a page at a time.

use std::collections::VecDeque;

use strowger_model::Owner;

use crate::{Document, Kind, Scan, Store, StoreError};

/// Documents that are read at once: few, because each may have as much as [`crate::MAX_BODY`].
const PAGE: usize = 100;

/// Owners that are read at once.
const OWNERS: usize = 1_000;

/// The owners of a store, ascending.
pub(crate) struct Owners<'a> {
    store: &'a dyn Store,
    read: VecDeque<Owner>,
    last: Option<Owner>,
}

impl<'a> Owners<'a> {
    pub(crate) fn of(store: &'a dyn Store) -> Self {
        Self { store, read: VecDeque::new(), last: None }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Owner>, StoreError> {
        if self.read.is_empty() {
            self.read = self.store.owners(self.last, OWNERS).await?.into();
        }
        let next = self.read.pop_front();
        self.last = next.or(self.last);
        Ok(next)
    }
}

/// The documents of one owner and kind, page by page.
pub(crate) struct Pages<'a> {
    store: &'a dyn Store,
    scan: Option<Scan>,
}

impl<'a> Pages<'a> {
    pub(crate) fn of(store: &'a dyn Store, owner: Owner, kind: Kind) -> Self {
        Self::scan(store, Scan::of(owner, kind))
    }

    pub(crate) fn scan(store: &'a dyn Store, scan: Scan) -> Self {
        Self { store, scan: Some(scan.limit(PAGE)) }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Document>>, StoreError> {
        let Some(scan) = self.scan.take() else { return Ok(None) };
        let page = self.store.scan(&scan).await?;
        self.scan = page.next.map(|next| scan.after(Some(next)));
        Ok(Some(page.documents))
    }
}
