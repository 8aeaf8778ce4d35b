//! `/Applications`, also below `/Accounts/{sid}`.

use serde_json::Value;
use strowger_model::api_key::Scope;
use strowger_model::{AccountId, Application, Owner, Sid};
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::error::{Error, INSUFFICIENT};
use super::index::{self, Index};
use super::reply::Reply;
use super::request::Request;
use super::{accounts, listing, objects, phone_numbers};
use crate::auth::Standing;
use crate::state::ApiState;

const PRIVILEGES: Error = Error::Forbidden("insufficient privileges");

/// Where an application lies.
pub(super) fn key(account: AccountId, application: Sid) -> Key {
    Key::new(account, Kind::Application, application.to_string())
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let named = Application::requested_account(&request.body)?;
    let account = match request.caller.scope() {
        Scope::Account(own) => own,
        Scope::Admin | Scope::ServiceProvider(_) => {
            let named = named.ok_or_else(|| Error::bad_request("missing required field: 'account_sid'"))?;
            accounts::reachable(&request, named).await.map_err(|error| match error {
                Error::Forbidden(_) => PRIVILEGES,
                error => error,
            })?;
            named
        }
    };
    add(&request, account).await
}

pub(super) async fn create_in_account(request: Request) -> Result<Reply, Error> {
    add(&request, request.id("account")?).await
}

async fn add(request: &Request, account: AccountId) -> Result<Reply, Error> {
    let application = Application::from_request(&request.body, account)?;
    let sid = application.application_sid;
    let writes = vec![
        objects::fresh(key(account, sid), &application)?,
        Index::ApplicationName.claim(account, &application.name, &sid.to_string()),
    ];
    // The installation's entry is of another owner than the application, so it cannot be written with it. It goes first: one that
    // leads nowhere does no harm, while an application without one would not be found.
    let entry = Index::Application.claim(Owner::System, &sid.to_string(), &account.hex());
    objects::tidy(&request.state, vec![entry]).await?;
    let created = objects::commit(request, None, writes).await;
    if created.is_err() {
        release(request, sid).await;
    }
    created.map(|()| Reply::created(sid))
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let mut applications = Vec::new();
    for account in accounts::within_reach(&request).await? {
        applications.extend(of_account(&request.state, account).await?);
    }
    listed(&request, applications)
}

pub(super) async fn list_of_account(request: Request) -> Result<Reply, Error> {
    let applications = of_account(&request.state, request.id("account")?).await?;
    listed(&request, applications)
}

/// Of the service provider's own accounts, and of nobody else's.
pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    let mut applications = Vec::new();
    for account in accounts::of_provider(&request).await? {
        applications.extend(of_account(&request.state, account.account_sid).await?);
    }
    listed(&request, applications)
}

async fn of_account(state: &ApiState, account: AccountId) -> Result<Vec<Application>, Error> {
    let documents = state.store().all(account.into(), Kind::Application).await?;
    documents.iter().map(|document| Ok(document.decode()?)).collect()
}

/// A page is in the order of names, the whole list in that of sids.
fn listed(request: &Request, mut applications: Vec<Application>) -> Result<Reply, Error> {
    if request.query.get("page").is_some() {
        applications.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        applications.sort_by_key(|application| application.application_sid);
    }
    let rows: Result<Vec<Value>, Error> = applications.iter().map(objects::listed).collect();
    let mut rows = rows?;
    rows.retain(|row| listing::contains(&request.query, "name", row));
    listing::reply(&request.query, rows)
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let place = place(&request).await?.ok_or(Error::NotFound)?;
    let application: Application = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(objects::json(&application)?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let place = place(&request).await?.ok_or_else(|| not_yours(&request, PRIVILEGES))?;
    let change = |application: &mut Application| {
        let before = application.name.clone();
        application.update(&request.body)?;
        let sid = application.application_sid.to_string();
        Ok(Index::ApplicationName.rename(place.owner, Some(&before), Some(&application.name), &sid))
    };
    objects::update(&request, None, &place, change).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let refusal = || not_yours(&request, Error::unprocessable("insufficient permissions"));
    let place = place(&request).await?.ok_or_else(refusal)?;
    let application: Application = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    let sid = application.application_sid;
    if phone_numbers::uses(&request, place.owner, |number| number.application == Some(sid)).await? {
        return Err(Error::unprocessable("cannot delete application with phone numbers"));
    }
    let writes =
        vec![Index::ApplicationName.release(place.owner, &application.name), Write::delete(place, Expect::Present)];
    objects::commit(&request, None, writes).await?;
    release(&request, sid).await;
    Ok(Reply::NoContent)
}

/// Takes the installation's entry of an application away that is gone.
async fn release(request: &Request, application: Sid) {
    let entry = Index::Application.release(Owner::System, &application.to_string());
    if let Err(error) = objects::tidy(&request.state, vec![entry]).await {
        tracing::warn!(%error, %application, "an entry that leads nowhere stays behind");
    }
}

/// Where the application of the path lies, if it exists within the caller's reach.
async fn place(request: &Request) -> Result<Option<Key>, Error> {
    let sid: Sid = request.id("application")?;
    let account = match request.named_account() {
        Some(account) => Some(account),
        None => match request.caller.scope() {
            Scope::Account(own) => Some(own),
            Scope::Admin | Scope::ServiceProvider(_) => index::account_of(&request.state, sid).await?,
        },
    };
    let Some(account) = account else { return Ok(None) };
    if request.state.auth().standing(&request.caller, account).await? != Standing::Granted {
        return Ok(None);
    }
    let place = key(account, sid);
    Ok(request.state.store().get(&place).await?.map(|_| place))
}

/// What a write to an application is answered that is somebody else's or nobody's. `of_account` is for an account's key.
fn not_yours(request: &Request, of_account: Error) -> Error {
    match request.caller.scope() {
        _ if request.named_account().is_some() => Error::NotFound,
        Scope::Admin => Error::NotFound,
        Scope::ServiceProvider(_) => INSUFFICIENT,
        Scope::Account(_) => of_account,
    }
}
