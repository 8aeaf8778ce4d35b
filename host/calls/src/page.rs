//! One page of an account's calls: live ones from memory, the others from the store, the latest first.

use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};

use strowger_model::{AccountId, CallRecord, Sid};
use strowger_store::{Direction, Kind, Listing, Scan, Store, StoreError};

use crate::filter::CallFilter;
use crate::stored::Stored;

/// Records that are read at once.
const BATCH: usize = 256;

/// Part of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallPage {
    /// The calls, the latest first.
    pub calls: Vec<CallRecord>,
    /// Whether older ones follow.
    pub more: bool,
}

/// What is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) account: AccountId,
    pub(crate) filter: &'a CallFilter,
    /// Calls that are passed over.
    pub(crate) skip: usize,
    /// Calls that are answered.
    pub(crate) limit: usize,
}

impl Wanted<'_> {
    /// Reads no more of the store than the page needs. `live` are the calls of this process, which the store may know in an older state,
    /// or not yet.
    pub(crate) async fn read(&self, store: &dyn Store, mut live: Vec<CallRecord>) -> Result<CallPage, StoreError> {
        live.sort_by_key(|call| Reverse(order(call)));
        let known: HashSet<Sid> = live.iter().map(|call| call.call_sid).collect();
        let (mut live, mut page) = (VecDeque::from(live), Filling::new(self));
        let listing = if self.filter.is_live() { Listing::Live } else { Listing::Created };
        let mut scan = Scan::of(self.account, Kind::Call).by(listing).direction(Direction::Descending).limit(BATCH);
        loop {
            let found = store.scan(&scan).await?;
            let stored = found.documents.into_iter().filter_map(|document| Stored::read(document.body));
            for record in stored.map(|stored| stored.record).filter(|record| !known.contains(&record.call_sid)) {
                while let Some(newer) = live.pop_front_if(|call| order(call) > order(&record)) {
                    page.add(newer);
                }
                page.add(record);
            }
            match found.next {
                Some(next) if !page.page.more => scan.after = Some(next),
                _ => break,
            }
        }
        live.into_iter().for_each(|call| page.add(call));
        Ok(page.page)
    }
}

/// By second, as the store lists them, and then by id.
fn order(call: &CallRecord) -> (i64, String) {
    (call.attempted_at.unix_timestamp(), call.call_sid.to_string())
}

struct Filling<'a> {
    wanted: &'a Wanted<'a>,
    passed: usize,
    page: CallPage,
}

impl<'a> Filling<'a> {
    fn new(wanted: &'a Wanted<'a>) -> Self {
        Self { wanted, passed: 0, page: CallPage::default() }
    }

    fn add(&mut self, call: CallRecord) {
        if !self.wanted.filter.admits(&call) {
            return;
        }
        if self.passed < self.wanted.skip {
            self.passed += 1;
        } else if self.page.calls.len() < self.wanted.limit {
            self.page.calls.push(call);
        } else {
            self.page.more = true;
        }
    }
}
