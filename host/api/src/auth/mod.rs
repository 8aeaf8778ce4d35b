//! Who asks, and whose documents they may touch.

mod accounts;
pub(crate) mod bootstrap;
mod cache;
mod caller;
mod claims;
mod config;
mod failed_logins;
mod hs256;
mod key_set;
mod keys;
mod last_used;
mod log_in;
mod password;
mod restrictions;
mod revoked;
mod sessions;
mod token;
mod token_keys;
mod trade;
mod users;

use std::sync::Arc;

use http::HeaderMap;
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Change, Changes, Key, Kind, Notice, Store, StoreError};

use crate::limits::OwnRates;
use crate::table::Verb;
use accounts::Accounts;
pub(crate) use caller::{Caller, Identity};
pub(crate) use claims::Claims;
pub use config::{AuthConfig, PasswordCost};
use keys::Keys;
use log_in::LogIns;
pub(crate) use log_in::{AccountName, LogInError, entry};
pub(crate) use password::{HashError, Method};
pub(crate) use restrictions::{Restrictions, Spelling};
use sessions::Sessions;
use strowger_model::api_key::Scope;
use token::Token;
pub(crate) use trade::password_settings_key;
pub(crate) use users::CREDENTIALS;

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
    sessions: Sessions,
    log_ins: LogIns,
    shortest_password: usize,
}

impl Authenticator {
    /// An authenticator that follows the store's changes for as long as it lives.
    pub(crate) fn following(store: Arc<dyn Store>, config: &AuthConfig) -> Arc<Self> {
        let changes = store.changes();
        let auth = Arc::new(Self {
            keys: Keys::new(Arc::clone(&store)),
            accounts: Accounts::new(Arc::clone(&store)),
            sessions: Sessions::new(&store, config),
            log_ins: LogIns::new(store, config),
            shortest_password: config.shortest_password,
        });
        tokio::spawn(follow(Arc::downgrade(&auth), changes));
        auth
    }

    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, AuthError> {
        let token = Token::from_headers(headers).ok_or(AuthError::Unauthenticated)?;
        self.caller(token).await?.ok_or(AuthError::Unauthenticated)
    }

    async fn caller(&self, token: Token) -> Result<Option<Caller>, StoreError> {
        if token_keys::key_name(token.expose()).is_some() {
            return self.sessions.caller(token, &self.keys, &self.accounts).await;
        }
        let key = self.keys.find(&token).await?;
        Ok(key.map(|key| Caller::new(Identity::Key(key.api_key_sid), key.scope, token).with_rate(key.rate_limit)))
    }

    /// Whether the caller may make such a request at all, whoever's documents it is about. `path` is what follows the version. An
    /// account that is not active sees what it has, and changes nothing.
    pub(crate) async fn permits(
        &self,
        caller: &Caller,
        verb: Verb,
        path: &str,
        spelling: Spelling,
    ) -> Result<bool, StoreError> {
        let restrictions = caller.claims().and_then(|claims| claims.restrictions.as_ref());
        if restrictions.is_some_and(|restrictions| !restrictions.allow(verb, path, spelling)) {
            return Ok(false);
        }
        if verb == Verb::Get {
            return Ok(true);
        }
        let is_suspended = match caller.account() {
            Some(account) => self.accounts.find(account).await?.is_some_and(|account| !account.is_active),
            None => false,
        };
        Ok(caller.is_privileged() && !is_suspended)
    }

    /// Default is deny: what is not granted here is granted nowhere. An account that is gone is nobody's, its own key's neither.
    pub(crate) async fn standing(&self, caller: &Caller, account: AccountId) -> Result<Standing, StoreError> {
        let provider = self.provider(account).await?;
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
        Ok(self.accounts.find(account).await?.map(|account| account.provider))
    }

    /// The rates that the caller's key and account have of their own.
    pub(crate) async fn own_rates(&self, caller: &Caller) -> Result<OwnRates, StoreError> {
        let account = match caller.account() {
            Some(account) => self.accounts.find(account).await?,
            None => None,
        };
        Ok(OwnRates { key: caller.rate(), account: account.and_then(|account| account.rate) })
    }

    /// Drops what is known of an account or key that this node has just changed, before the feed tells.
    pub(crate) fn forget(&self, change: &Key) {
        match change.kind {
            Kind::ApiKey => self.keys.forget(&change.id),
            Kind::Index => self.keys.forget_place(&change.id),
            Kind::Account => self.accounts.forget(&change.id),
            Kind::Setting => {
                self.log_ins.passwords().forget(change);
                self.sessions.forget(change);
            }
            Kind::User | Kind::RevokedToken => self.sessions.forget(change),
            _ => {}
        }
    }

    /// A key that changes was used, mostly: it goes on opening while the store cannot be asked. Whatever else changes is asked for
    /// before it opens anything again.
    fn follow(&self, change: &Change) {
        match (change.key.kind, &change.revision) {
            (Kind::ApiKey, Some(_)) => self.keys.doubt(&change.key.id),
            _ => self.forget(&change.key),
        }
    }

    /// Of a batch of very many changes only the kinds are told.
    fn doubt(&self, owner: Owner, kinds: &[Kind]) {
        let is_told = |wanted: &[Kind]| kinds.iter().any(|kind| wanted.contains(kind));
        match owner {
            Owner::System if is_told(&[Kind::ApiKey, Kind::Index, Kind::Account]) => self.doubt_all(),
            _ if is_told(&[Kind::User, Kind::RevokedToken, Kind::Setting]) => self.doubt_users(),
            _ => {}
        }
    }

    fn doubt_all(&self) {
        self.keys.doubt_all();
        self.accounts.doubt_all();
        self.sessions.doubt_all();
        self.doubt_users();
    }

    fn doubt_users(&self) {
        self.sessions.doubt_users();
        self.log_ins.passwords().doubt_all();
    }
}

async fn follow(auth: std::sync::Weak<Authenticator>, mut changes: Changes) {
    while let Some(notice) = changes.next().await {
        let Some(auth) = auth.upgrade() else { return };
        match notice {
            Notice::Changed(change) => auth.follow(&change),
            // Keys, accounts and settings are the installation's.
            Notice::Missed(None | Some(Owner::System)) => auth.doubt_all(),
            Notice::Missed(Some(Owner::Account(_))) => auth.doubt_users(),
            Notice::Many { owner, kinds, .. } => auth.doubt(owner, &kinds),
        }
    }
}
