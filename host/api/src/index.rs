//! Unique names, and where an object lies whose path does not name its owner.

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Expect, Key, Kind, Store, StoreError, Write};

use crate::state::ApiState;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    /// A service provider by its name.
    ProviderName,
    /// A service provider by its root domain.
    ProviderDomain,
    /// An account by its SIP realm.
    SipRealm,
    /// An application by its name, within its account.
    ApplicationName,
    /// An application's account.
    Application,
    /// A client's account.
    Client,
    /// A webhook's account.
    Webhook,
    /// A client by its name in lower case, within its account.
    ClientUsername,
    /// The stored id of an API key.
    ApiKey,
    /// The id of an account's key that has no id in `/v2`.
    MainApiKey,
    /// An account by a telephone number of its own.
    PhoneNumber,
    /// The carrier that is an account's peer, by its IP address.
    PeerAddress,
    /// That a service provider takes accounts: every account that is made below it writes this entry anew.
    ProviderOpen,
    /// A user by its name, within its account.
    Username,
    /// A message provider by its name, within its account.
    MessageProviderName,
    /// A user by what is stored of its name and password, within its account.
    Credentials,
}

impl Index {
    fn name(self) -> &'static str {
        match self {
            Self::ProviderName => "service_provider_name",
            Self::ProviderDomain => "root_domain",
            Self::SipRealm => "sip_realm",
            Self::ApplicationName => "application_name",
            Self::Application => "application",
            Self::Client => "client",
            Self::Webhook => "webhook",
            Self::ClientUsername => "client_username",
            Self::ApiKey => "api_key",
            Self::MainApiKey => "main_api_key",
            Self::PhoneNumber => "phone_number",
            Self::PeerAddress => "peer_address",
            Self::ProviderOpen => "service_provider_open",
            Self::Username => "username",
            Self::MessageProviderName => "message_provider_name",
            Self::Credentials => "credentials",
        }
    }

    pub(crate) fn key(self, owner: impl Into<Owner>, entry: &str) -> Key {
        Key::new(owner, Kind::Index, format!("{}:{entry}", self.name()))
    }

    /// The entry that a stored id is about.
    pub(crate) fn entry_of(self, id: &str) -> Option<&str> {
        id.strip_prefix(self.name())?.strip_prefix(':')
    }

    /// Claims the entry; the batch is a conflict where somebody has it.
    pub(crate) fn claim(self, owner: impl Into<Owner>, entry: &str, points_to: &str) -> Write {
        Write::put(self.key(owner, entry), json!({"to": points_to}), Expect::Absent)
    }

    /// Gives the entry up.
    pub(crate) fn release(self, owner: impl Into<Owner>, entry: &str) -> Write {
        Write::delete(self.key(owner, entry), Expect::Anything)
    }

    /// The writes by which an optional entry changes from `old` to `new`.
    pub(crate) fn rename(self, owner: Owner, old: Option<&str>, new: Option<&str>, points_to: &str) -> Vec<Write> {
        if old == new {
            return Vec::new();
        }
        let released = old.map(|old| self.release(owner, old));
        let claimed = new.map(|new| self.claim(owner, new, points_to));
        released.into_iter().chain(claimed).collect()
    }

    /// The account that has the object, where the entry is about an object's account.
    pub(crate) async fn account(self, state: &ApiState, object: Sid) -> Result<Option<AccountId>, StoreError> {
        let found = self.find(state.store(), Owner::System, &object.to_string()).await?;
        Ok(found.and_then(|account| account.parse().ok()))
    }

    /// What the entry points to.
    pub(crate) async fn find(
        self,
        store: &dyn Store,
        owner: impl Into<Owner>,
        entry: &str,
    ) -> Result<Option<String>, StoreError> {
        let found = store.get(&self.key(owner, entry)).await?;
        Ok(found.and_then(|document| document.body.get("to").and_then(Value::as_str).map(str::to_owned)))
    }
}

/// The account that owns the SIP realm.
///
/// # Errors
/// Those of the store.
pub async fn account_of_realm(store: &dyn Store, realm: &str) -> Result<Option<AccountId>, StoreError> {
    let found = Index::SipRealm.find(store, Owner::System, &realm.to_ascii_lowercase()).await?;
    Ok(found.and_then(|account| account.parse().ok()))
}

/// The entry by which a key is found that the host itself makes.
pub(crate) fn index_api_key(key: Sid, stored: &str) -> Write {
    Index::ApiKey.claim(Owner::System, &key.to_string(), stored)
}
