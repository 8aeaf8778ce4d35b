//! `/Accounts`.

use serde_json::Value;
use strowger_model::api_key::Scope;
use strowger_model::{Account, AccountId, Owner, Sid};
use strowger_store::{Expect, Key, Kind, Scan, StoreExt, Write};

use super::error::{Error, INSUFFICIENT};
use super::index::Index;
use super::reply::Reply;
use super::request::Request;
use super::{api_keys, objects, service_providers};
use crate::auth::Standing;
use crate::state::ApiState;

/// Documents that are removed in one batch.
const BATCH: usize = 1_000;

/// What lies below an account.
const OWNED: [Kind; 7] =
    [Kind::Application, Kind::Resource, Kind::SelectorRules, Kind::SelectorRow, Kind::Call, Kind::Index, Kind::Setting];

fn key(account: AccountId) -> Key {
    Key::new(Owner::System, Kind::Account, account.hex())
}

/// Whether a service provider has accounts.
pub(super) async fn any_below(state: &ApiState, provider: Sid) -> Result<bool, Error> {
    let accounts = all(state).await?;
    Ok(accounts.iter().any(|account| account.service_provider_sid == provider))
}

async fn all(state: &ApiState) -> Result<Vec<Account>, Error> {
    let documents = state.store().all(Owner::System, Kind::Account).await?;
    documents.into_iter().map(|document| objects::typed(document.body)).collect()
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let provider = provider_for(&request).await?;
    let account = Account::from_request(&request.body, provider)?;
    let id = account.account_sid;
    let mut writes = vec![objects::fresh(key(id), &account)?];
    writes.extend(account.sip_realm.as_deref().map(|realm| Index::SipRealm.claim(Owner::System, realm, &id.hex())));
    objects::commit(&request, Some(id), writes).await?;
    Ok(Reply::created(id.hyphenated()))
}

/// A service provider's accounts are its own; an administrator says whose the account shall be.
async fn provider_for(request: &Request) -> Result<Sid, Error> {
    if let Some(own) = request.caller.service_provider() {
        return Ok(own);
    }
    let named = Account::requested_provider(&request.body)?;
    let provider = named.ok_or_else(|| Error::bad_request("missing field service_provider_sid"))?;
    if service_providers::exists(&request.state, provider).await? {
        return Ok(provider);
    }
    Err(Error::bad_request(format!("service_provider not found for sid {provider}")))
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let accounts = visible(&request).await?;
    let rows: Result<Vec<Value>, Error> = accounts.iter().map(objects::listed).collect();
    Ok(Reply::Ok(Value::Array(rows?)))
}

/// The accounts that the caller may act on.
pub(super) async fn within_reach(request: &Request) -> Result<Vec<AccountId>, Error> {
    Ok(visible(request).await?.into_iter().map(|account| account.account_sid).collect())
}

async fn visible(request: &Request) -> Result<Vec<Account>, Error> {
    match request.caller.scope() {
        Scope::Account(own) => Ok(objects::find(&request.state, &key(own)).await?.into_iter().collect()),
        Scope::Admin => all(&request.state).await,
        Scope::ServiceProvider(own) => {
            let mut accounts = all(&request.state).await?;
            accounts.retain(|account| account.service_provider_sid == own);
            Ok(accounts)
        }
    }
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let account: Account = found(&request).await?;
    Ok(Reply::Ok(objects::json(&account)?))
}

async fn found(request: &Request) -> Result<Account, Error> {
    objects::find(&request.state, &key(request.id("account")?)).await?.ok_or(Error::NotFound)
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let id: AccountId = request.id("account")?;
    // An account that was switched off does not switch itself on.
    if request.caller.account().is_some() && request.body.get("is_active").is_some() {
        return Err(Error::Forbidden("insufficient privileges"));
    }
    let change = |account: &mut Account| {
        let before = account.sip_realm.clone();
        account.update(&request.body)?;
        Ok(Index::SipRealm.rename(Owner::System, before.as_deref(), account.sip_realm.as_deref(), &id.hex()))
    };
    objects::update(&request, Some(id), &key(id), change).await?;
    Ok(Reply::NoContent)
}

/// Ends the account's access first, then removes what was its own.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let id: AccountId = request.id("account")?;
    let account = found(&request).await?;
    let mut writes = vec![Write::delete(key(id), Expect::Present)];
    writes.extend(account.sip_realm.as_deref().map(|realm| Index::SipRealm.release(Owner::System, realm)));
    let keys = api_keys::removal_of_all(&request.state, id).await?;
    let changed: Vec<Key> = writes.iter().chain(&keys).map(|write| write.key.clone()).collect();
    writes.extend(keys);
    objects::commit(&request, Some(id), writes).await?;
    changed.iter().for_each(|key| request.state.auth().forget(key));
    // What it leaves behind is removed whether or not the client waits for it.
    let state = request.state.clone();
    let cleared = tokio::spawn(async move { clear(&state, id).await }).await;
    cleared.map_err(|error| Error::Internal(error.to_string()))??;
    Ok(Reply::NoContent)
}

async fn clear(state: &ApiState, account: AccountId) -> Result<(), Error> {
    release_applications(state, account).await?;
    for kind in OWNED {
        remove_all(state, account, kind).await?;
    }
    Ok(())
}

async fn release_applications(state: &ApiState, account: AccountId) -> Result<(), Error> {
    let applications = state.store().all(account.into(), Kind::Application).await?;
    for batch in applications.chunks(BATCH) {
        let writes = batch.iter().map(|document| Index::Application.release(Owner::System, &document.key.id)).collect();
        objects::tidy(state, writes).await?;
    }
    Ok(())
}

async fn remove_all(state: &ApiState, account: AccountId, kind: Kind) -> Result<(), Error> {
    let mut scan = Scan::of(account, kind);
    loop {
        let page = state.store().scan(&scan).await?;
        let writes: Vec<Write> =
            page.documents.into_iter().map(|document| Write::delete(document.key, Expect::Anything)).collect();
        if !writes.is_empty() {
            objects::tidy(state, writes).await?;
        }
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// The account that a body names, if the caller may act on it.
pub(super) async fn reachable(request: &Request, account: AccountId) -> Result<(), Error> {
    match request.state.auth().standing(&request.caller, account).await? {
        Standing::Granted => Ok(()),
        Standing::NoSuchAccount => {
            Err(Error::bad_request(format!("account not found for sid {}", account.hyphenated())))
        }
        Standing::Denied => Err(INSUFFICIENT),
    }
}
