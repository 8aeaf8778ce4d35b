//! Log-ins to one account that failed: a password is not found by trying, from however many addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use crate::limits::Exceeded;

/// The time over which they are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Accounts that are counted at the same time, those that do not exist among them.
const CAPACITY: u64 = 16_384;

pub(super) struct FailedLogins {
    counts: Cache<String, Arc<AtomicU32>>,
    most: u32,
}

/// A log-in under way. It counts as failed unless it is told otherwise.
pub(super) struct Attempt(Arc<AtomicU32>);

impl FailedLogins {
    pub(super) fn new(most: u32) -> Self {
        Self { counts: Cache::builder().max_capacity(CAPACITY).time_to_live(WINDOW).build(), most }
    }

    /// Asked before a log-in. Where there were too many, right ones are refused too: they must look alike.
    pub(super) fn attempt(&self, account: &str) -> Result<Attempt, Exceeded> {
        let count = self.counts.get_with(account.to_owned(), Arc::default);
        match count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |failed| (failed < self.most).then_some(failed + 1))
        {
            Ok(_) => Ok(Attempt(count)),
            Err(_) => Err(Exceeded { quota: None, wait: WINDOW }),
        }
    }
}

impl Attempt {
    pub(super) fn succeeded(self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_too_often_waits_and_others_do_not() {
        let logins = FailedLogins::new(2);
        for _ in 0..10 {
            logins.attempt("a").unwrap().succeeded();
        }
        assert!(logins.attempt("a").is_ok() && logins.attempt("a").is_ok());
        assert!(logins.attempt("a").is_err());
        assert!(logins.attempt("b").is_ok());
    }

    #[test]
    fn those_under_way_count() {
        let logins = FailedLogins::new(1);
        let first = logins.attempt("a").unwrap();
        assert!(logins.attempt("a").is_err());
        first.succeeded();
        assert!(logins.attempt("a").is_ok());
    }
}
