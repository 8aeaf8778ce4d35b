//! The service: books in memory, changes to the store.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Author, Revision, Store};

use crate::book::RowBook;
use crate::feed::{Feed, Stale};
use crate::identity::RowId;
use crate::place::Place;
use crate::publication::{Publication, Published};
use crate::row::StoredRow;
use crate::stage::StagedRun;
use crate::{RowsError, SelectorRow, publish, read, stage, write};

/// The selector rows of every owner. Clones share what is in memory.
#[derive(Clone)]
pub struct SelectorRows(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    feed: Feed,
    places: Mutex<HashMap<Owner, Arc<Place>>>,
}

impl SelectorRows {
    /// The rows of a store; it hears of changes from then on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let feed = Feed::new(store.changes());
        Self(Arc::new(Inner { store, feed, places: Mutex::default() }))
    }

    /// An owner's rows, with every change that was acknowledged before.
    ///
    /// # Errors
    /// [`RowsError::Store`], [`RowsError::Damaged`].
    pub async fn book(&self, owner: Owner) -> Result<Arc<RowBook>, RowsError> {
        let place = self.place(owner);
        if let Some(book) = place.current().filter(|_| !self.0.feed.is_stale(owner)) {
            return Ok(book);
        }
        let _reading = place.reading.lock().await;
        let stale = self.0.feed.take(owner);
        let read = match (place.current(), &stale) {
            (Some(book), Stale::Nothing) => return Ok(book),
            (Some(book), Stale::Some(keys)) => read::some(&*self.0.store, &book, keys).await,
            _ => read::all(&*self.0.store, owner).await,
        };
        read.map(|book| place.keep(book)).inspect_err(|_| self.0.feed.put_back(owner, stale))
    }

    /// Puts rows: each takes the place of the one of its identity, or is added. All or none.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn put(&self, owner: Owner, rows: Vec<SelectorRow>, author: Option<Author>) -> Result<(), RowsError> {
        write::put(self, owner, rows, author).await
    }

    /// Puts a row in the place of another one, whose identity it need not have.
    ///
    /// # Errors
    /// [`RowsError::NotFound`], [`RowsError::Changed`] where it has another revision than `expect`, [`RowsError::Exists`] where the row
    /// would take another one's place.
    pub async fn replace(
        &self,
        owner: Owner,
        id: &RowId,
        row: SelectorRow,
        expect: Option<&Revision>,
        author: Option<Author>,
    ) -> Result<StoredRow, RowsError> {
        write::replace(self, owner, id, row, expect, author).await
    }

    /// Removes a row. Answers what it was.
    ///
    /// # Errors
    /// [`RowsError::NotFound`], [`RowsError::Changed`] where it has another revision than `expect`.
    pub async fn remove(
        &self,
        owner: Owner,
        id: &RowId,
        expect: Option<&Revision>,
        author: Option<Author>,
    ) -> Result<StoredRow, RowsError> {
        write::remove(self, owner, id, expect, author).await
    }

    /// Keeps rows for a publication. They stay until it is published, or they are discarded.
    ///
    /// # Errors
    /// [`RowsError::Invalid`] where one of them is no row.
    pub async fn stage(&self, owner: Owner, rows: Vec<SelectorRow>) -> Result<StagedRun, RowsError> {
        stage::write(&self.0.store, owner, rows).await
    }

    /// Makes staged rows visible, all at once, and discards the runs. Doing it again answers what was done.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn publish(&self, owner: Owner, publication: Publication) -> Result<Published, RowsError> {
        publish::publish(self, owner, publication).await
    }

    /// Gives staged rows up.
    ///
    /// # Errors
    /// The store's.
    pub async fn discard(&self, owner: Owner, runs: &[StagedRun]) -> Result<(), RowsError> {
        stage::discard(&*self.0.store, owner, runs).await
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    fn place(&self, owner: Owner) -> Arc<Place> {
        let mut places = self.0.places.lock();
        Arc::clone(places.entry(owner).or_insert_with(|| {
            self.0.feed.begin(owner);
            Arc::default()
        }))
    }
}
