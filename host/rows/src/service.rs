//! The service: books in memory, changes to the store.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use strowger_model::Owner;
use strowger_store::{Author, Batch, Changes, Notice, Revision, Store};

use crate::book::RowBook;
use crate::feed::{self, Feed, Stale};
use crate::identity::RowId;
use crate::limits::RowLimits;
use crate::memory::Memory;
use crate::place::Place;
use crate::publication::{Publication, Published};
use crate::row::StoredRow;
use crate::run::Gauge;
use crate::stage::StagedRun;
use crate::{RowsError, SelectorRow, crowded, publish, read, stage, write};

/// The selector rows of every owner. Clones share what is in memory.
#[derive(Clone)]
pub struct SelectorRows(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    feed: Feed,
    memory: Memory,
    limits: RowLimits,
    crowded: crowded::Crowded,
    gauge: Arc<Gauge>,
}

impl SelectorRows {
    /// The rows of a store; it hears of changes from then on.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self::with_limits(store, RowLimits::default())
    }

    /// The same within other bounds.
    #[must_use]
    pub fn with_limits(store: Arc<dyn Store>, limits: RowLimits) -> Self {
        let (feed, changes) = (Feed::new(store.changes()), store.changes());
        let rows = Self(Arc::new(Inner {
            store,
            feed,
            memory: Memory::default(),
            limits,
            crowded: crowded::Crowded::default(),
            gauge: Arc::default(),
        }));
        // Without a runtime there is nobody who could read anything in the background; whoever asks reads then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(follow(Arc::downgrade(&rows.0), changes));
        }
        rows
    }

    /// An owner's rows, with every change that was acknowledged before.
    ///
    /// # Errors
    /// [`RowsError::Store`], [`RowsError::Damaged`].
    pub async fn book(&self, owner: Owner) -> Result<Arc<RowBook>, RowsError> {
        let place = self.place(owner);
        // Asked first: what is in memory afterwards has everything that was acknowledged before.
        if !self.0.feed.is_stale(owner)
            && let Some(book) = place.current()
        {
            return Ok(book);
        }
        // On its own: whoever asked may lose patience, and the next one wants what was read so far.
        let rows = self.clone();
        let reading = tokio::spawn(async move { rows.read(owner, &place).await });
        reading.await.unwrap_or(Err(RowsError::Contended))
    }

    /// As [`Self::book`], for calls: where changed parts are being read, which may take seconds, the rows that were there before.
    ///
    /// # Errors
    /// As [`Self::book`].
    pub async fn current(&self, owner: Owner) -> Result<Arc<RowBook>, RowsError> {
        let place = self.place(owner);
        let Some(older) = place.current() else { return self.book(owner).await };
        tokio::select! {
            biased;
            book = self.book(owner) => book,
            () = place.loading() => Ok(older),
        }
    }

    /// What is in memory of an owner, whatever has changed since.
    #[must_use]
    pub fn resident(&self, owner: Owner) -> Option<Arc<RowBook>> {
        self.0.memory.resident(owner)
    }

    async fn read(&self, owner: Owner, place: &Place) -> Result<Arc<RowBook>, RowsError> {
        let _reading = place.reading.lock().await;
        let stale = self.0.feed.take(owner);
        let read = match (place.current(), &stale) {
            (Some(book), Stale::Nothing) => {
                self.0.feed.read(owner);
                return Ok(book);
            }
            (Some(book), Stale::Some(keys)) => match read::some(&*self.0.store, owner, &book, keys).await {
                Ok(None) => read::all(&self.0.store, owner, place).await,
                read => read.map(Option::unwrap_or_default),
            },
            _ => read::all(&self.0.store, owner, place).await,
        };
        let book = read.inspect_err(|_| self.0.feed.put_back(owner, stale))?;
        let book = place.keep(book);
        self.0.feed.read(owner);
        self.0.memory.shrink(&self.0.feed, owner, self.0.limits.memory);
        Ok(book)
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
        let (run, mut batch) = (StagedRun::random(), Batch::default());
        self.stage_in(owner, &run, rows, &mut batch).await?;
        self.0.store.apply(batch).await?;
        Ok(run)
    }

    /// As [`Self::stage`], under a name of the caller's and kept by a batch of the caller's: in the same step as whatever remembers that
    /// there is such a run. A run whose batch is not applied goes by itself.
    ///
    /// # Errors
    /// As [`Self::stage`].
    pub async fn stage_in(
        &self,
        owner: Owner,
        run: &StagedRun,
        rows: Vec<SelectorRow>,
        batch: &mut Batch,
    ) -> Result<(), RowsError> {
        stage::write(&self.0.store, run.key(owner), rows, self.0.limits.section_rows, batch).await
    }

    /// Makes staged rows visible, all at once, and discards the runs. Doing it again answers what was done. What it is interrupted in
    /// leaves nothing behind, and is done again from its beginning.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn publish(&self, owner: Owner, publication: Publication) -> Result<Published, RowsError> {
        publish::publish(self, owner, publication).await
    }

    /// Takes the single rows of a name into its parts. What the rows are does not change.
    ///
    /// # Errors
    /// [`RowsError`].
    pub async fn fold(&self, owner: Owner, name: &str) -> Result<(), RowsError> {
        publish::fold(self, owner, name).await
    }

    /// The next name that has so many single rows that they should be folded. Each is told once until it is folded.
    pub async fn crowded(&self) -> (Owner, String) {
        self.0.crowded.next().await
    }

    /// The ids under which an owner has rows staged.
    ///
    /// # Errors
    /// The store's.
    pub async fn stagings(&self, owner: Owner) -> Result<BTreeSet<String>, RowsError> {
        stage::stagings(&*self.0.store, owner).await
    }

    /// Gives up what is staged under an id. Answers how many runs that were.
    ///
    /// # Errors
    /// The store's.
    pub async fn discard(&self, owner: Owner, staging: &str) -> Result<u64, RowsError> {
        stage::discard(&*self.0.store, owner, staging).await
    }

    pub(crate) fn gauge(&self) -> &Arc<Gauge> {
        &self.0.gauge
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    pub(crate) fn limits(&self) -> &RowLimits {
        &self.0.limits
    }

    pub(crate) fn tell_crowded(&self, owner: Owner, name: &str) {
        self.0.crowded.tell(owner, name);
    }

    pub(crate) fn place(&self, owner: Owner) -> Arc<Place> {
        self.0.memory.place(&self.0.feed, owner)
    }
}

/// Reads what others have changed, so that calls find it read.
async fn follow(rows: Weak<Inner>, mut changes: Changes) {
    while let Some(notice) = changes.next().await {
        let Some(rows) = rows.upgrade().map(SelectorRows) else { return };
        let owners = match notice {
            Notice::Changed(change) if feed::concerns(&change.key) => vec![change.key.owner],
            Notice::Many { owner, kinds, .. } if kinds.iter().copied().any(feed::is_rows) => vec![owner],
            Notice::Changed(_) | Notice::Many { .. } => Vec::new(),
            Notice::Missed(Some(owner)) => vec![owner],
            Notice::Missed(None) => rows.0.memory.owners(),
        };
        for owner in owners.into_iter().filter(|owner| rows.0.memory.has(*owner)) {
            if rows.0.feed.is_stale(owner)
                && let Err(error) = rows.book(owner).await
            {
                tracing::debug!(%owner, %error, "selector rows cannot be read; the next call tries again");
            }
        }
    }
}
