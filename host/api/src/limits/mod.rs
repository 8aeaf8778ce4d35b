//! How often a caller may ask, and how often an address may fail to say who it is.

mod buckets;
mod failures;
mod quota;

use std::num::NonZeroU32;
use std::sync::Arc;

use strowger_model::{AccountId, Rate};

use crate::auth::{Caller, Identity};
use buckets::{Buckets, Share};
pub(crate) use failures::Failures;
pub(crate) use quota::{Exceeded, Quota};

/// Keys, accounts and addresses each that are counted at the same time. One that is forgotten starts afresh.
const CAPACITY: u64 = 65_536;

/// The rates of requests that an installation takes; none is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRates {
    /// Of one API key, or of one user.
    pub per_key: Option<Rate>,
    /// Of all keys and users of one account together.
    pub per_account: Option<Rate>,
    /// Of failed authentications from one address (IPv6: from one /64).
    pub failures: Option<Rate>,
}

impl Default for RequestRates {
    fn default() -> Self {
        Self { per_key: Rate::new(1_000, 2_000), per_account: Rate::new(2_000, 4_000), failures: Rate::new(2, 200) }
    }
}

/// Tells how many processes serve the store now: each lets its share of a rate through.
pub type LiveNodes = Arc<dyn Fn() -> usize + Send + Sync>;

/// The rates that take the place of the installation's for one caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OwnRates {
    pub(crate) key: Option<Rate>,
    pub(crate) account: Option<Rate>,
}

/// Counts requests.
pub(crate) struct RateLimits {
    rates: RequestRates,
    nodes: LiveNodes,
    keys: Buckets<Identity>,
    accounts: Buckets<AccountId>,
    failures: Failures,
}

impl RateLimits {
    pub(crate) fn new(rates: RequestRates, nodes: LiveNodes) -> Self {
        let (keys, accounts) = (Buckets::new(CAPACITY), Buckets::new(CAPACITY));
        Self { rates, nodes, keys, accounts, failures: Failures::new(CAPACITY) }
    }

    /// Counts a request, and tells what is left. A key that asks too often takes nothing from what its account has left.
    pub(crate) fn take(&self, caller: &Caller, own: OwnRates) -> Result<Option<Quota>, Exceeded> {
        let key = own.key.or(self.rates.per_key);
        let of_key = key.map(|rate| self.keys.take(caller.identity(), self.share(rate))).transpose()?;
        let account = caller.account().zip(own.account.or(self.rates.per_account));
        let of_account = account.map(|(account, rate)| self.accounts.take(account, self.share(rate))).transpose()?;
        Ok(of_key.into_iter().chain(of_account).min_by_key(|quota| quota.remaining))
    }

    /// Whether anybody may give a key that rate: a higher one than the installation's is an administrator's to give.
    pub(crate) fn is_modest(&self, rate: Option<Rate>) -> bool {
        rate.zip(self.rates.per_key)
            .is_none_or(|(rate, most)| rate.requests_per_second <= most.requests_per_second && rate.burst <= most.burst)
    }

    /// Counts failed authentications.
    pub(crate) fn failures(&self) -> (&Failures, Option<Share>) {
        (&self.failures, self.rates.failures.map(|rate| self.share(rate)))
    }

    fn share(&self, rate: Rate) -> Share {
        let nodes = u32::try_from((self.nodes)()).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        Share::of(rate, nodes)
    }
}
