//! Calls that are over, the latest first: of one account, or of all that a service provider has.

use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, RecentCall, Sid};
use strowger_store::{Key, Kind, Store};

use crate::history::{Dated, HistoryError, HistoryPage, Past};
use crate::stored::recent_key;

/// Which calls are wanted; what is absent matches everything.
#[derive(Debug, Clone, Default)]
pub struct RecentFilter {
    /// Over that carrier.
    pub trunk: Option<String>,
    /// That way.
    pub direction: Option<CallDirection>,
    /// Whether somebody answered.
    pub answered: Option<bool>,
    /// Part of the calling or the called number, or the whole id of the call.
    pub text: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct RecentCalls<'a> {
    /// When, and which part.
    pub past: Past<'a>,
    /// Which.
    pub filter: &'a RecentFilter,
}

impl Dated for RecentCall {
    const KIND: Kind = Kind::RecentCall;

    fn unix(&self) -> i64 {
        self.attempted_at.unix_timestamp()
    }
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
    /// [`HistoryError`].
    pub async fn read(&self, store: &dyn Store) -> Result<HistoryPage<RecentCall>, HistoryError> {
        match self.filter.text.as_deref().and_then(|text| text.parse().ok()) {
            Some(call) => self.one(store, call).await,
            None => self.past.read(store, |call| self.filter.admits(call)).await,
        }
    }

    async fn one(&self, store: &dyn Store, call: Sid) -> Result<HistoryPage<RecentCall>, HistoryError> {
        let mut page = HistoryPage::default();
        for account in self.past.accounts {
            if let Some(document) = store.get(&recent_key(*account, call)).await? {
                let call: RecentCall = document.decode()?;
                if self.admits_time(&call) && self.filter.admits(&call) {
                    self.past.add(&mut page, call);
                }
            }
        }
        Ok(page)
    }

    fn admits_time(&self, call: &RecentCall) -> bool {
        let begun = call.unix();
        self.past.since.is_none_or(|since| begun >= since) && self.past.before.is_none_or(|before| begun < before)
    }
}

impl RecentFilter {
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

#[cfg(test)]
mod tests;
