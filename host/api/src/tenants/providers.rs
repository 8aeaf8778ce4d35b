//! Service providers.

use serde_json::json;
use strowger_calls::provider_limits_key;
use strowger_model::api_key::Scope;
use strowger_model::{Owner, ServiceProvider, Sid};
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt, Write};

use super::{ATTEMPTS, By, TenantError, accounts, fresh, keys};
use crate::index::Index;
use crate::state::ApiState;

pub(crate) fn provider_key(provider: Sid) -> Key {
    Key::new(Owner::System, Kind::ServiceProvider, provider.to_string())
}

/// Whether there is such a service provider.
pub(crate) async fn provider_exists(state: &ApiState, provider: Sid) -> Result<bool, StoreError> {
    Ok(state.store().get(&provider_key(provider)).await?.is_some())
}

/// Stores a new one.
pub(crate) async fn create_provider(by: By<'_>, provider: &ServiceProvider) -> Result<(), TenantError> {
    let sid = provider.service_provider_sid;
    let mut writes = vec![
        fresh(provider_key(sid), provider)?,
        Index::ProviderName.claim(Owner::System, &provider.name, &sid.to_string()),
        Index::ProviderOpen.claim(Owner::System, &sid.to_string(), &sid.to_string()),
    ];
    writes.extend(domain_change(sid, None, provider.root_domain.as_deref()));
    by.commit(None, writes).await?;
    Ok(())
}

/// The writes by which a service provider changes its name and its domain.
pub(crate) fn rename(old: &ServiceProvider, new: &ServiceProvider) -> Vec<Write> {
    let sid = new.service_provider_sid;
    let mut writes = Index::ProviderName.rename(Owner::System, Some(&old.name), Some(&new.name), &sid.to_string());
    writes.extend(domain_change(sid, old.root_domain.as_deref(), new.root_domain.as_deref()));
    writes
}

fn domain_change(provider: Sid, old: Option<&str>, new: Option<&str>) -> Vec<Write> {
    Index::ProviderDomain.rename(Owner::System, old, new, &provider.to_string())
}

/// The write by which a batch that makes an account proves that its service provider exists when it is applied.
pub(super) fn takes_accounts(provider: Sid) -> Write {
    let sid = provider.to_string();
    Write::put(Index::ProviderOpen.key(Owner::System, &sid), json!({"to": sid}), Expect::Present)
}

/// Makes sure that [`takes_accounts`] holds for a service provider that exists.
pub(super) async fn open(store: &dyn Store, provider: Sid) -> Result<(), TenantError> {
    let place = Index::ProviderOpen.key(Owner::System, &provider.to_string());
    for _ in 0..ATTEMPTS {
        let found = store.get(&provider_key(provider)).await?.ok_or(TenantError::NoSuchProvider)?;
        if store.get(&place).await?.is_some() {
            return Ok(());
        }
        // One that was made without the entry gets it, unless it is removed at the same moment.
        let as_it_is = Write::put(found.key, found.body, Expect::Revision(found.revision));
        let entry = Write { expect: Expect::Absent, ..takes_accounts(provider) };
        match store.commit(vec![as_it_is, entry]).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TenantError::Conflict)
}

/// Removes one that has no accounts, and its keys with it. An account that is made at the same moment either keeps it, or finds it
/// gone: both write the entry that says that it takes accounts.
pub(crate) async fn remove_provider(by: By<'_>, sid: Sid) -> Result<ServiceProvider, TenantError> {
    let store = by.state.store();
    let place = Index::ProviderOpen.key(Owner::System, &sid.to_string());
    for _ in 0..ATTEMPTS {
        let entry = store.get(&place).await?;
        let document = store.get(&provider_key(sid)).await?.ok_or(TenantError::Missing)?;
        if accounts::any_below(by.state, sid).await? {
            return Err(TenantError::HasAccounts);
        }
        let as_read = Expect::Revision(document.revision.clone());
        let provider: ServiceProvider = document.decode()?;
        let mut writes = vec![
            Write::delete(provider_key(sid), as_read),
            Index::ProviderName.release(Owner::System, &provider.name),
            Write::delete(provider_limits_key(sid), Expect::Anything),
            Write::delete(place.clone(), entry.map_or(Expect::Absent, |entry| Expect::Revision(entry.revision))),
        ];
        writes.extend(domain_change(sid, provider.root_domain.as_deref(), None));
        writes.extend(keys::removal_of_all(by.state, Scope::ServiceProvider(sid)).await?);
        match by.commit(None, writes).await {
            Ok(_) => return Ok(provider),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TenantError::Conflict)
}
