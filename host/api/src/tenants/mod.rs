//! Service providers, accounts and keys in the store: what both APIs do with them.
//!
//! They are the installation's documents, so that one batch holds what belongs together: an account with the proof that its service
//! provider takes accounts, a service provider's end with the proof that nobody has got an account there meanwhile.

mod accounts;
mod formatter;
mod keys;
mod providers;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use strowger_model::{AccountId, Violations};
use strowger_store::{Batch, Expect, Key, Kind, Revision, StoreError, StoreExt, Write};

use crate::audit::Origin;
use crate::state::ApiState;

pub(crate) use accounts::{Move, account_key, accounts_below, create_account, remove_account};
pub(crate) use keys::{Rotation, find_key, issue_key, issue_main_key, keys_of, remove_key, rotate_key};
pub(crate) use providers::{create_provider, provider_exists, provider_key, remove_provider, rename};

/// Times that a change is made anew on what somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TenantError {
    #[error("no such object")]
    Missing,
    #[error("no such service provider")]
    NoSuchProvider,
    #[error("the service provider has accounts")]
    HasAccounts,
    #[error("{} is somebody else's", .0.id)]
    Taken(Box<Key>),
    #[error(transparent)]
    Invalid(Violations),
    #[error("the object was changed meanwhile")]
    Conflict,
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for TenantError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(key) if key.kind == Kind::Index => Self::Taken(key),
            StoreError::Conflict(_) => Self::Conflict,
            error => Self::Store(error),
        }
    }
}

/// Who changes something, and through what.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) state: &'a ApiState,
    pub(crate) origin: &'a Origin,
}

impl By<'_> {
    /// Writes all or nothing. `about` is the account that the documents are about.
    async fn commit(self, about: Option<AccountId>, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError> {
        let author = self.origin.author(strowger_model::Owner::System, about);
        let keys: Vec<Key> = writes.iter().map(|write| write.key.clone()).collect();
        let written = self.state.store().apply(Batch::of(writes).by(Some(author))).await?;
        // The change feed tells it too, but not before the reply.
        keys.iter().for_each(|key| self.state.auth().forget(key));
        Ok(written)
    }
}

fn json(object: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(object).map_err(|error| StoreError::Fault(error.to_string()))
}

fn fresh(key: Key, object: &impl Serialize) -> Result<Write, StoreError> {
    Ok(Write::put(key, json(object)?, Expect::Absent))
}

/// The objects that a scan finds, each with where it lies.
async fn collect<T: DeserializeOwned>(
    state: &ApiState,
    scan: strowger_store::Scan,
) -> Result<Vec<(Key, T)>, StoreError> {
    let documents = state.store().collect(scan).await?;
    documents.into_iter().map(|document| Ok((document.key.clone(), document.decode()?))).collect()
}
