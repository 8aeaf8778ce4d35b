//! How many hooks of one account are asked at once. Without it a slow server of a busy account has its plugin instances in use, and
//! a call that was just answered finds none left for it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use strowger_model::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Accounts that are remembered before those are forgotten that ask nothing now.
const MANY: usize = 1_024;

/// The turns of every account.
#[derive(Clone)]
pub(crate) struct Turns {
    at_once: usize,
    accounts: Arc<Mutex<HashMap<AccountId, Weak<Semaphore>>>>,
}

impl Turns {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { at_once, accounts: Arc::default() }
    }

    /// The account's next turn, in the order of asking; given back when it is dropped.
    pub(crate) async fn take(&self, account: AccountId) -> Option<OwnedSemaphorePermit> {
        // Nobody closes it, so there is always one.
        self.of(account).acquire_owned().await.ok()
    }

    fn of(&self, account: AccountId) -> Arc<Semaphore> {
        let mut accounts = self.accounts.lock();
        if let Some(turns) = accounts.get(&account).and_then(Weak::upgrade) {
            return turns;
        }
        if accounts.len() >= MANY {
            accounts.retain(|_, turns| turns.strong_count() > 0);
        }
        let turns = Arc::new(Semaphore::new(self.at_once));
        accounts.insert(account, Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_account_waits_for_its_own_turns_only() {
        let (turns, one, other) = (Turns::new(2), AccountId::random(), AccountId::random());
        let first = turns.take(one).await;
        let second = turns.take(one).await;
        assert!(turns.take(one).now_or_never().is_none());
        assert!(turns.take(other).now_or_never().is_some());
        drop(first);
        assert!(turns.take(one).now_or_never().is_some());
        drop(second);
    }

    #[tokio::test]
    async fn accounts_that_ask_nothing_are_forgotten() {
        let turns = Turns::new(1);
        for _ in 0..=MANY {
            drop(turns.take(AccountId::random()).await);
        }
        assert_eq!(turns.accounts.lock().len(), 1);
    }
}
