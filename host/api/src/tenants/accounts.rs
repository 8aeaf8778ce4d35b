//! Accounts.

use strowger_model::api_key::Scope;
use strowger_model::{Account, AccountId, Owner, Sid};
use strowger_store::{Expect, Key, Kind, Listing, Revision, Scan, StoreError, Write};

use super::{ATTEMPTS, By, TenantError, formatter, fresh, json, keys, providers};
use crate::index::Index;
use crate::state::ApiState;

pub(crate) fn account_key(account: AccountId) -> Key {
    Key::new(Owner::System, Kind::Account, account.hex())
}

/// The accounts of a service provider.
pub(crate) fn accounts_below(provider: Sid) -> Scan {
    Scan::of(Owner::System, Kind::Account).by(Listing::Holder).only(&provider.to_string())
}

/// Whether a service provider has accounts.
pub(super) async fn any_below(state: &ApiState, provider: Sid) -> Result<bool, StoreError> {
    let page = state.store().scan(&accounts_below(provider).limit(1)).await?;
    Ok(!page.documents.is_empty())
}

/// Stores a new one below its service provider.
pub(crate) async fn create_account(by: By<'_>, account: &Account) -> Result<Revision, TenantError> {
    let (id, provider) = (account.account_sid, account.service_provider_sid);
    formatter::check(by.state, None, account).await?;
    for _ in 0..ATTEMPTS {
        providers::open(by.state.store(), provider).await?;
        let mut writes = vec![fresh(account_key(id), account)?, providers::takes_accounts(provider)];
        writes.extend(realm_change(id, None, account.sip_realm.as_deref()));
        match by.commit(Some(id), writes).await {
            Ok(revisions) => return first(revisions),
            Err(StoreError::Conflict(key)) if Index::ProviderOpen.entry_of(&key.id).is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TenantError::Conflict)
}

fn first(revisions: Vec<Option<Revision>>) -> Result<Revision, TenantError> {
    let revision = revisions.into_iter().next().flatten();
    revision.ok_or_else(|| StoreError::Fault("a write answered no revision".into()).into())
}

/// The writes by which an account's SIP realm changes.
pub(crate) fn realm_change(account: AccountId, old: Option<&str>, new: Option<&str>) -> Vec<Write> {
    Index::SipRealm.rename(Owner::System, old, new, &account.hex())
}

/// A change of an account.
pub(crate) struct Move {
    pub(crate) account: AccountId,
    /// The service provider that it goes to.
    pub(crate) to: Option<Sid>,
}

impl Move {
    /// Writes what `change` makes of the newest account. `allows` is told its revision first.
    pub(crate) async fn apply<E: From<TenantError>>(
        &self,
        by: By<'_>,
        allows: impl Fn(&Revision) -> Result<(), E>,
        change: impl Fn(&mut Account) -> Result<(), E>,
    ) -> Result<(Account, Revision), E> {
        for _ in 0..ATTEMPTS {
            match self.attempt(by, &allows, &change).await? {
                Some(written) => return Ok(written),
                None => tokio::task::yield_now().await,
            }
        }
        Err(TenantError::Conflict.into())
    }

    async fn attempt<E: From<TenantError>>(
        &self,
        by: By<'_>,
        allows: &impl Fn(&Revision) -> Result<(), E>,
        change: &impl Fn(&mut Account) -> Result<(), E>,
    ) -> Result<Option<(Account, Revision)>, E> {
        let key = account_key(self.account);
        let store = by.state.store();
        let found = store.get(&key).await.map_err(TenantError::from)?.ok_or(TenantError::Missing)?;
        allows(&found.revision)?;
        let as_read = Expect::Revision(found.revision.clone());
        let before: Account = found.decode().map_err(TenantError::from)?;
        let mut account = before.clone();
        change(&mut account)?;
        formatter::check(by.state, Some(&before), &account).await?;
        let mut writes = Vec::new();
        if let Some(provider) = self.to.filter(|to| *to != before.service_provider_sid) {
            providers::open(store, provider).await?;
            account.service_provider_sid = provider;
            writes.push(providers::takes_accounts(provider));
        }
        writes.insert(0, Write::put(key, json(&account).map_err(TenantError::from)?, as_read));
        writes.extend(realm_change(self.account, before.sip_realm.as_deref(), account.sip_realm.as_deref()));
        match by.commit(Some(self.account), writes).await {
            Ok(revisions) => Ok(Some((account, first(revisions)?))),
            Err(StoreError::Conflict(key)) if Index::SipRealm.entry_of(&key.id).is_some() => {
                Err(TenantError::Taken(key).into())
            }
            Err(StoreError::Conflict(_)) => Ok(None),
            Err(error) => Err(TenantError::from(error).into()),
        }
    }
}

/// Ends an account's access and names, and leaves to a job what lies below it: `beside` are the writes that see to that.
pub(crate) async fn remove_account(
    by: By<'_>,
    id: AccountId,
    allows: impl Fn(&Revision) -> Result<(), TenantError>,
    beside: Vec<Write>,
) -> Result<Account, TenantError> {
    let store = by.state.store();
    for _ in 0..ATTEMPTS {
        let found = store.get(&account_key(id)).await?.ok_or(TenantError::Missing)?;
        allows(&found.revision)?;
        let mut writes = vec![Write::delete(account_key(id), Expect::Revision(found.revision.clone()))];
        let account: Account = found.decode()?;
        writes.extend(realm_change(id, account.sip_realm.as_deref(), None));
        writes.extend(keys::removal_of_all(by.state, Scope::Account(id)).await?);
        writes.push(Index::MainApiKey.release(Owner::System, &id.hex()));
        writes.extend(beside.iter().cloned());
        match by.commit(Some(id), writes).await {
            Ok(_) => return Ok(account),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TenantError::Conflict)
}
