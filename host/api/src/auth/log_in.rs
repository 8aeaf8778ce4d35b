//! Which user logs in, from a digest and a name for the account.

use std::sync::Arc;

use strowger_model::{AccountId, Owner, Secret, Sid, number};
use strowger_store::{Kind, Listing, Scan, Store, StoreError};

use super::config::AuthConfig;
use super::failed_logins::FailedLogins;
use super::password::{HashError, Method, Passwords};
use crate::index::Index;
use crate::limits::Exceeded;

/// How an account is named that somebody logs in to: the first of these that finds one counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AccountName {
    pub(crate) phone_number: Option<String>,
    pub(crate) realm: Option<String>,
    pub(crate) name: Option<String>,
}

impl AccountName {
    /// What failures are counted under where it finds no account.
    fn text(&self) -> String {
        let Self { phone_number, realm, name } = self;
        let text: String = format!("{phone_number:?} {realm:?} {name:?}");
        text.chars().take(256).flat_map(char::to_lowercase).collect()
    }
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogInError {
    /// The account, the user or the password is wrong; nobody is told which.
    #[error("no such user, or another password")]
    Refused,
    #[error(transparent)]
    TooMany(#[from] Exceeded),
    #[error("too many passwords are checked at once")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HashError> for LogInError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Store(error) => Self::Store(error),
        }
    }
}

pub(super) struct LogIns {
    store: Arc<dyn Store>,
    passwords: Passwords,
    failed: FailedLogins,
}

impl LogIns {
    pub(super) fn new(store: Arc<dyn Store>, config: &AuthConfig) -> Self {
        let passwords = Passwords::new(Arc::clone(&store), config.password_cost, config.concurrent_hashes);
        Self { store, passwords, failed: FailedLogins::new(config.failed_logins) }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(super) fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The user whose digest it is. Whatever is wrong, the work is the same. `admit` says whether the user may log in.
    pub(super) async fn find<T>(
        &self,
        account: &AccountName,
        method: Method,
        digest: Secret,
        admit: impl AsyncFnOnce(AccountId, Sid) -> Result<Option<T>, StoreError>,
    ) -> Result<T, LogInError> {
        let found = self.account(account).await?;
        let attempt = self.failed.attempt(&found.map_or_else(|| account.text(), AccountId::hex))?;
        let hash = self.passwords.hash(found, digest).await?;
        let owner = found.unwrap_or_else(AccountId::random);
        let user = Index::Credentials.find(&*self.store, owner, &entry(method, &hash)).await?;
        let Some(user) = user.and_then(|user| user.parse().ok()) else { return Err(LogInError::Refused) };
        let admitted = admit(owner, user).await?.ok_or(LogInError::Refused)?;
        attempt.succeeded();
        Ok(admitted)
    }

    async fn account(&self, named: &AccountName) -> Result<Option<AccountId>, StoreError> {
        let AccountName { phone_number, realm, name } = named;
        let number = phone_number.as_deref().map(|number| number::normalise(number).into_owned());
        let realm = realm.as_deref().map(str::to_lowercase);
        for (index, entry) in [(Index::PhoneNumber, number), (Index::SipRealm, realm)] {
            let Some(entry) = entry else { continue };
            let found = index.find(&*self.store, Owner::System, &entry).await?;
            if let Some(account) = found.and_then(|account| account.parse().ok()) {
                return Ok(Some(account));
            }
        }
        match name {
            Some(name) => self.account_by_name(name).await,
            None => Ok(None),
        }
    }

    /// Names are not unique: one that several accounts have finds none of them.
    async fn account_by_name(&self, name: &str) -> Result<Option<AccountId>, StoreError> {
        let scan = Scan::of(Owner::System, Kind::Account).by(Listing::Name).only(&name.to_lowercase()).limit(2);
        let found = self.store.scan(&scan).await?;
        Ok(match found.documents.as_slice() {
            [only] => only.key.id.parse().ok(),
            _ => None,
        })
    }
}

/// The entry of the index by which a log-in finds its user.
pub(crate) fn entry(method: Method, hash: &str) -> String {
    format!("{}:{hash}", method.name())
}
