//! How many calls an account, and all accounts of its service provider together, may have at once.

use strowger_model::{Account, AccountId, Limits, Owner, Sid};
use strowger_nodes::Membership;
use strowger_store::{Key, Kind, Listing, Scan, Store, StoreError, StoreExt};

use crate::stored::Stored;

/// The id of an account's own limits.
const OWN: &str = "own";

/// Where the limits of an account lie.
#[must_use]
pub fn account_limits_key(account: AccountId) -> Key {
    Key::new(account, Kind::Limits, OWN)
}

/// Where the limits of a service provider lie.
#[must_use]
pub fn provider_limits_key(provider: Sid) -> Key {
    Key::new(Owner::System, Kind::Limits, provider.to_string())
}

/// How many calls of this process may be live once the next one is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ceilings {
    pub(crate) account: Option<usize>,
    pub(crate) provider: Option<usize>,
}

/// Whose calls are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    /// The account's.
    #[error("the account has as many calls as its limit voice_call_session allows")]
    OfAccount,
    /// Those of the accounts of its service provider together.
    #[error("the service provider's accounts have as many calls as its limit voice_call_session allows")]
    OfProvider,
}

/// Reads the limits, and what other nodes have of them.
pub(crate) struct Ceiling<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) nodes: &'a Membership,
}

impl Ceiling<'_> {
    /// What is left to this process. Calls of other nodes count from when their records are written: nodes that place calls at the
    /// same moment may together go beyond a limit by as many.
    ///
    /// # Errors
    /// Where the store fails.
    pub(crate) async fn read(&self, account: &Account) -> Result<Ceilings, StoreError> {
        let (own, provider) = (account.account_sid, account.service_provider_sid);
        let (of_account, of_provider) =
            futures::try_join!(self.calls(account_limits_key(own)), self.calls(provider_limits_key(provider)),)?;
        Ok(Ceilings {
            account: match of_account {
                Some(limit) => Some(limit.saturating_sub(self.elsewhere(own, limit).await?)),
                None => None,
            },
            provider: match of_provider {
                Some(limit) => Some(limit.saturating_sub(self.elsewhere_below(provider, limit).await?)),
                None => None,
            },
        })
    }

    async fn calls(&self, key: Key) -> Result<Option<usize>, StoreError> {
        let Some(document) = self.store.get(&key).await? else { return Ok(None) };
        Ok(document.decode::<Limits>()?.calls().map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)))
    }

    /// Live calls that other nodes have of the accounts of a service provider, counted no further than `most`.
    async fn elsewhere_below(&self, provider: Sid, most: usize) -> Result<usize, StoreError> {
        if self.is_alone() {
            return Ok(0);
        }
        let below = Scan::of(Owner::System, Kind::Account).by(Listing::Holder).only(&provider.to_string());
        let mut found = 0;
        for document in self.store.collect(below).await? {
            let account: Account = document.decode()?;
            found += self.elsewhere(account.account_sid, most.saturating_sub(found)).await?;
            if found >= most {
                break;
            }
        }
        Ok(found)
    }

    /// Live calls that other nodes have of an account, counted no further than `most`.
    async fn elsewhere(&self, account: AccountId, most: usize) -> Result<usize, StoreError> {
        if self.is_alone() || most == 0 {
            return Ok(0);
        }
        let mut scan = Scan::of(account, Kind::Call).by(Listing::Live);
        let mut found = 0;
        loop {
            let page = self.store.scan(&scan).await?;
            let nodes = page.documents.into_iter().filter_map(|document| Stored::read(document.body)?.node_id);
            found += nodes.filter(|node| *node != self.nodes.id()).count();
            match page.next {
                Some(next) if found < most => scan.after = Some(next),
                _ => return Ok(found.min(most)),
            }
        }
    }

    fn is_alone(&self) -> bool {
        self.nodes.live().iter().all(|node| node.id == self.nodes.id())
    }
}
