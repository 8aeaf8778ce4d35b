//! Calls that are over, the latest first: of one account, or of all that a service provider has.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use futures::{StreamExt, TryStreamExt, stream};
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, RecentCall, Sid, time};
use strowger_store::{Direction, Key, Kind, Listing, Scan, Store, StoreError, listing};

use crate::stored::recent_key;

/// Calls that one question looks through.
const LOOKED_AT: usize = 100_000;

/// Calls that are looked at, for their number only, once a page is full.
const COUNTED: usize = 10_000;

/// Calls that are read at once, of an account that is asked about alone and of one among others.
const BATCH: usize = 256;
const SMALL_BATCH: usize = 32;

/// Accounts that are read at once.
const AT_ONCE: usize = 16;

/// Which calls are wanted; what is absent matches everything.
#[derive(Debug, Clone, Default)]
pub struct RecentFilter {
    /// Begun then or later, in Unix seconds.
    pub since: Option<i64>,
    /// Begun before then, in Unix seconds.
    pub before: Option<i64>,
    /// Over that carrier.
    pub trunk: Option<String>,
    /// That way.
    pub direction: Option<CallDirection>,
    /// Whether somebody answered.
    pub answered: Option<bool>,
    /// Part of the calling or the called number, or the whole id of the call.
    pub text: Option<String>,
}

/// Part of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecentPage {
    /// The calls, the latest first.
    pub calls: Vec<RecentCall>,
    /// How many there are; at least so many where it would take long to count them.
    pub total: usize,
    /// Whether older ones follow.
    pub more: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum RecentError {
    /// It would take too long.
    #[error("more than {LOOKED_AT} calls would have to be looked through; ask for fewer days, or set start and end")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct RecentCalls<'a> {
    /// Whose.
    pub accounts: &'a [AccountId],
    /// Which.
    pub filter: &'a RecentFilter,
    /// Calls that are passed over.
    pub skip: usize,
    /// Calls that are answered.
    pub limit: usize,
}

impl RecentCalls<'_> {
    /// Where one of them lies.
    #[must_use]
    pub fn key(account: AccountId, call: Sid) -> Key {
        recent_key(account, call)
    }

    /// Reads of the store what the page needs, and counts on for a while.
    ///
    /// # Errors
    /// [`RecentError`].
    pub async fn read(&self, store: &dyn Store) -> Result<RecentPage, RecentError> {
        if let Some(call) = self.filter.text.as_deref().and_then(|text| text.parse().ok()) {
            return self.one(store, call).await;
        }
        let batch = if self.accounts.len() > 1 { SMALL_BATCH } else { BATCH };
        let scans: Vec<Scan> = self.accounts.iter().map(|account| self.scan(*account, batch)).collect();
        let begun = stream::iter(scans).map(|scan| Source::begin(store, scan));
        let sources: Vec<Source> = begun.buffer_unordered(AT_ONCE).try_collect().await?;
        self.merged(store, sources).await
    }

    async fn one(&self, store: &dyn Store, call: Sid) -> Result<RecentPage, RecentError> {
        let mut page = RecentPage::default();
        for account in self.accounts {
            if let Some(document) = store.get(&recent_key(*account, call)).await? {
                let call: RecentCall = document.decode()?;
                if self.filter.admits_time(&call) && self.filter.admits(&call) {
                    self.add(&mut page, call);
                }
            }
        }
        Ok(page)
    }

    fn scan(&self, account: AccountId, batch: usize) -> Scan {
        let key = |unix: Option<i64>| unix.map(|unix| listing::by_second(time::to_gregorian(unix)));
        let scan = Scan::of(account, Kind::RecentCall).by(Listing::Created).direction(Direction::Descending);
        Scan { from: key(self.filter.since), until: key(self.filter.before), ..scan.limit(batch) }
    }

    /// Each source is in order; whichever has the latest call is next.
    async fn merged(&self, store: &dyn Store, mut sources: Vec<Source>) -> Result<RecentPage, RecentError> {
        let mut heads: BinaryHeap<_> =
            sources.iter().enumerate().filter_map(|(index, source)| Some((source.head()?, Reverse(index)))).collect();
        let (mut page, mut looked_at) = (RecentPage::default(), 0);
        while let Some((_, Reverse(index))) = heads.pop() {
            let Some(source) = sources.get_mut(index) else { continue };
            let Some(call) = source.next(store).await? else { continue };
            heads.extend(source.head().map(|head| (head, Reverse(index))));
            looked_at += 1;
            if looked_at > LOOKED_AT {
                return Err(RecentError::TooMany);
            }
            if self.filter.admits(&call) {
                self.add(&mut page, call);
            }
            if page.more && looked_at >= COUNTED {
                break;
            }
        }
        Ok(page)
    }

    fn add(&self, page: &mut RecentPage, call: RecentCall) {
        page.total += 1;
        if page.total > self.skip.saturating_add(self.limit) {
            page.more = true;
        } else if page.total > self.skip {
            page.calls.push(call);
        }
    }
}

impl RecentFilter {
    fn admits_time(&self, call: &RecentCall) -> bool {
        let begun = call.attempted_at.unix_timestamp();
        self.since.is_none_or(|since| begun >= since) && self.before.is_none_or(|before| begun < before)
    }

    /// Whatever the time: the scan sees to that.
    fn admits(&self, call: &RecentCall) -> bool {
        let found =
            |text: &String| call.from.contains(text) || call.to.contains(text) || call.call_sid.to_string() == *text;
        self.direction.is_none_or(|direction| direction == call.direction)
            && self.answered.is_none_or(|answered| answered == call.answered)
            && self.trunk.as_ref().is_none_or(|trunk| call.trunk.as_ref() == Some(trunk))
            && self.text.as_ref().is_none_or(found)
    }
}

/// One account's calls, read batch by batch.
struct Source {
    /// None at the end.
    scan: Option<Scan>,
    read: VecDeque<RecentCall>,
}

impl Source {
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

    /// What its next call is sorted by.
    fn head(&self) -> Option<(i64, Sid)> {
        self.read.front().map(|call| (call.attempted_at.unix_timestamp(), call.call_sid))
    }

    async fn next(&mut self, store: &dyn Store) -> Result<Option<RecentCall>, StoreError> {
        let next = self.read.pop_front();
        self.fill(store).await?;
        Ok(next)
    }
}

#[cfg(test)]
mod tests;
