//! Who asks, and whose documents they may touch.

mod accounts;
pub(crate) mod bootstrap;
mod cache;
mod caller;
mod keys;
mod token;

use std::sync::Arc;

use http::HeaderMap;
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Changes, Kind, Notice, Store, StoreError};

use accounts::Accounts;
pub(crate) use caller::{Caller, Identity};
use keys::Keys;
use strowger_model::api_key::Scope;
use token::Token;

/// Why a request is not authenticated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("no valid token")]
    Unauthenticated,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a caller stands to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Granted,
    /// Told to an administrator only; anybody else is denied.
    NoSuchAccount,
    Denied,
}

/// Finds callers by their tokens. What it learnt from the store it keeps until the store changes.
pub(crate) struct Authenticator {
    keys: Keys,
    accounts: Accounts,
}

impl Authenticator {
    /// An authenticator that follows the store's changes for as long as it lives.
    pub(crate) fn following(store: Arc<dyn Store>) -> Arc<Self> {
        let changes = store.changes();
        let auth = Arc::new(Self { keys: Keys::new(Arc::clone(&store)), accounts: Accounts::new(store) });
        tokio::spawn(follow(Arc::downgrade(&auth), changes));
        auth
    }

    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, AuthError> {
        let token = Token::from_headers(headers).ok_or(AuthError::Unauthenticated)?;
        let key = self.keys.find(&token).await?.ok_or(AuthError::Unauthenticated)?;
        Ok(Caller::new(Identity::Key(key.api_key_sid), key.scope, token))
    }

    /// Default is deny: what is not granted here is granted nowhere. An account that is gone is nobody's, its own key's neither.
    pub(crate) async fn standing(&self, caller: &Caller, account: AccountId) -> Result<Standing, StoreError> {
        let provider = self.accounts.provider(account).await?;
        Ok(match (provider, caller.scope()) {
            (Some(_), Scope::Admin) => Standing::Granted,
            (None, Scope::Admin) => Standing::NoSuchAccount,
            (Some(provider), Scope::ServiceProvider(own)) if own == provider => Standing::Granted,
            (Some(_), Scope::Account(own)) if own == account => Standing::Granted,
            (_, Scope::ServiceProvider(_) | Scope::Account(_)) => Standing::Denied,
        })
    }

    /// The account's service provider; none where there is no such account.
    pub(crate) async fn provider(&self, account: AccountId) -> Result<Option<Sid>, StoreError> {
        self.accounts.provider(account).await
    }

    /// Drops what is known of an account or key that this node has just changed, before the feed tells.
    pub(crate) fn forget(&self, change: &strowger_store::Key) {
        match change.kind {
            Kind::ApiKey => self.keys.forget(&change.id),
            Kind::Account => self.accounts.forget(&change.id),
            _ => {}
        }
    }

    fn forget_all(&self) {
        self.keys.forget_all();
        self.accounts.forget_all();
    }
}

async fn follow(auth: std::sync::Weak<Authenticator>, mut changes: Changes) {
    while let Some(notice) = changes.next().await {
        let Some(auth) = auth.upgrade() else { return };
        match notice {
            Notice::Changed(change) => auth.forget(&change.key),
            // Keys and accounts are the installation's.
            Notice::Missed(None | Some(Owner::System)) => auth.forget_all(),
            Notice::Missed(Some(_)) => {}
        }
    }
}
