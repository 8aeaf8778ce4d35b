//! What happened, the latest first: documents of one account, or of all that a service provider has, read in the order of their dates.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use futures::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;
use strowger_model::{AccountId, time};
use strowger_store::{Direction, Kind, Listing, Scan, Store, StoreError, listing};

/// Documents that one question looks through.
const LOOKED_AT: usize = 100_000;

/// Documents that are looked at, for their number only, once a page is full.
const COUNTED: usize = 10_000;

/// Documents that are read at once, of an account that is asked about alone and of one among others.
const BATCH: usize = 256;
const SMALL_BATCH: usize = 32;

/// Accounts that are read at once.
const AT_ONCE: usize = 16;

/// What has a date by which the store lists it.
pub(crate) trait Dated: DeserializeOwned {
    /// The kind of its documents.
    const KIND: Kind;

    /// Its date, in Unix seconds.
    fn unix(&self) -> i64;
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage<T> {
    /// The entries, the latest first.
    pub entries: Vec<T>,
    /// How many there are; at least so many where it would take long to count them.
    pub total: usize,
    /// Whether older ones follow.
    pub more: bool,
}

impl<T> Default for HistoryPage<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), total: 0, more: false }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It would take too long.
    #[error("more than {LOOKED_AT} entries would have to be looked through; ask for fewer days, or set start and end")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What part of the past is wanted.
#[derive(Debug, Clone)]
pub struct Past<'a> {
    /// Whose.
    pub accounts: &'a [AccountId],
    /// From then on, in Unix seconds.
    pub since: Option<i64>,
    /// Before then, in Unix seconds.
    pub before: Option<i64>,
    /// Entries that are passed over.
    pub skip: usize,
    /// Entries that are answered.
    pub limit: usize,
}

impl Past<'_> {
    /// Reads of the store what the page needs, and counts on for a while.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub(crate) async fn read<T: Dated>(
        &self,
        store: &dyn Store,
        admits: impl Fn(&T) -> bool,
    ) -> Result<HistoryPage<T>, HistoryError> {
        let batch = if self.accounts.len() > 1 { SMALL_BATCH } else { BATCH };
        let scans: Vec<Scan> = self.accounts.iter().map(|account| self.scan(*account, T::KIND, batch)).collect();
        let begun: Vec<_> = scans.into_iter().map(|scan| Source::begin(store, scan)).collect();
        let sources: Vec<Source<T>> = stream::iter(begun).buffer_unordered(AT_ONCE).try_collect().await?;
        self.merged(store, sources, admits).await
    }

    fn scan(&self, account: AccountId, kind: Kind, batch: usize) -> Scan {
        let key = |unix: Option<i64>| unix.map(|unix| listing::by_second(time::to_gregorian(unix)));
        let scan = Scan::of(account, kind).by(Listing::Created).direction(Direction::Descending);
        Scan { from: key(self.since), until: key(self.before), ..scan.limit(batch) }
    }

    /// Each source is in order; whichever has the latest entry is next.
    async fn merged<T: Dated>(
        &self,
        store: &dyn Store,
        mut sources: Vec<Source<T>>,
        admits: impl Fn(&T) -> bool,
    ) -> Result<HistoryPage<T>, HistoryError> {
        let mut heads: BinaryHeap<_> =
            sources.iter().enumerate().filter_map(|(index, source)| Some((source.head()?, Reverse(index)))).collect();
        let (mut page, mut looked_at) = (HistoryPage::default(), 0);
        while let Some((_, Reverse(index))) = heads.pop() {
            let Some(source) = sources.get_mut(index) else { continue };
            let Some(entry) = source.next(store).await? else { continue };
            heads.extend(source.head().map(|head| (head, Reverse(index))));
            looked_at += 1;
            if looked_at > LOOKED_AT {
                return Err(HistoryError::TooMany);
            }
            if admits(&entry) {
                self.add(&mut page, entry);
            }
            if page.more && looked_at >= COUNTED {
                break;
            }
        }
        Ok(page)
    }

    /// Counts an entry, which comes after all that are counted.
    pub(crate) fn add<T>(&self, page: &mut HistoryPage<T>, entry: T) {
        page.total += 1;
        if page.total > self.skip.saturating_add(self.limit) {
            page.more = true;
        } else if page.total > self.skip {
            page.entries.push(entry);
        }
    }
}

/// One account's entries, read batch by batch.
struct Source<T> {
    /// None at the end.
    scan: Option<Scan>,
    read: VecDeque<T>,
}

impl<T: Dated> Source<T> {
    async fn begin(store: &dyn Store, scan: Scan) -> Result<Self, StoreError> {
        let mut source = Self { scan: Some(scan), read: VecDeque::new() };
        source.fill(store).await?;
        Ok(source)
    }

    async fn fill(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        while let Some(scan) = self.scan.take_if(|_| self.read.is_empty()) {
            let page = store.scan(&scan).await?;
            for document in page.documents {
                self.read.push_back(document.decode()?);
            }
            self.scan = page.next.map(|next| scan.after(Some(next)));
        }
        Ok(())
    }

    fn head(&self) -> Option<i64> {
        self.read.front().map(Dated::unix)
    }

    async fn next(&mut self, store: &dyn Store) -> Result<Option<T>, StoreError> {
        let next = self.read.pop_front();
        self.fill(store).await?;
        Ok(next)
    }
}
