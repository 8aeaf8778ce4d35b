//! `/Applications`, also below `/Accounts/{sid}`.

use serde_json::Value;
use strowger_model::{AccountId, Application};
use strowger_store::{Expect, Kind, StoreExt, Write};

use super::error::Error;
use super::index::Index;
use super::owned::{self, APPLICATION, PRIVILEGES};
use super::reply::Reply;
use super::request::Request;
use super::{accounts, app_env, listing, objects, phone_numbers};
use crate::state::ApiState;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let account = owned::account_of_new(&request, Application::requested_account(&request.body)?).await?;
    add(&request, account).await
}

pub(super) async fn create_in_account(request: Request) -> Result<Reply, Error> {
    add(&request, request.id("account")?).await
}

async fn add(request: &Request, account: AccountId) -> Result<Reply, Error> {
    let application = Application::from_request(&request.body, account)?;
    check(request, &application).await?;
    let sid = application.application_sid;
    let writes = vec![
        objects::fresh(APPLICATION.key(account, sid), &application)?,
        Index::ApplicationName.claim(account, &application.name, &sid.to_string()),
    ];
    APPLICATION.add(request, account, sid, writes).await?;
    Ok(Reply::created(sid))
}

/// Checks what a body says of an application beside its own rules: its verbs, its variables, and who keeps its account.
async fn check(request: &Request, application: &Application) -> Result<(), Error> {
    let account = application.account_sid;
    if let Some(named) = Application::requested_provider(&request.body)?
        && request.state.auth().provider(account).await? != Some(named)
    {
        return Err(Error::bad_request("service_provider_sid is not that of the account"));
    }
    if request.body.get("app_json").is_some()
        && let Some(verbs) = application.verbs()
    {
        strowger_verbs::read(&Value::Array(verbs)).map_err(|error| Error::bad_request(format!("Error: {error}")))?;
    }
    if request.body.get("env_vars").is_some() { app_env::check(&request.state, application).await } else { Ok(()) }
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let mut applications = Vec::new();
    for account in accounts::within_reach(&request).await? {
        applications.extend(of_account(&request.state, account).await?);
    }
    listed(&request, applications).await
}

pub(super) async fn list_of_account(request: Request) -> Result<Reply, Error> {
    let applications = of_account(&request.state, request.id("account")?).await?;
    listed(&request, applications).await
}

/// Of the service provider's own accounts, and of nobody else's.
pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    let mut applications = Vec::new();
    for account in accounts::of_provider(&request).await? {
        applications.extend(of_account(&request.state, account.account_sid).await?);
    }
    listed(&request, applications).await
}

async fn of_account(state: &ApiState, account: AccountId) -> Result<Vec<Application>, Error> {
    let documents = state.store().all(account.into(), Kind::Application).await?;
    documents.iter().map(|document| Ok(document.decode()?)).collect()
}

/// A page is in the order of names, the whole list in that of sids.
async fn listed(request: &Request, mut applications: Vec<Application>) -> Result<Reply, Error> {
    if request.query.get("page").is_some() {
        applications.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        applications.sort_by_key(|application| application.application_sid);
    }
    let mut rows = Vec::with_capacity(applications.len());
    for application in &applications {
        rows.push(
            objects::with_provider(&request.state, application.account_sid, objects::listed(application)?).await?,
        );
    }
    rows.retain(|row| listing::contains(&request.query, "name", row));
    listing::reply(&request.query, rows)
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let place = APPLICATION.place(&request).await?.ok_or(Error::NotFound)?;
    let application: Application = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    let shown = objects::json(&application)?;
    Ok(Reply::Ok(objects::with_provider(&request.state, application.account_sid, shown).await?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let place = APPLICATION.place(&request).await?.ok_or_else(|| owned::not_yours(&request, PRIVILEGES))?;
    let mut changed: Application = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    changed.update(&request.body)?;
    check(&request, &changed).await?;
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
    let refusal = || owned::not_yours(&request, Error::unprocessable("insufficient permissions"));
    let place = APPLICATION.place(&request).await?.ok_or_else(refusal)?;
    let application: Application = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    let sid = application.application_sid;
    if phone_numbers::uses(&request, place.owner, |number| number.application == Some(sid)).await? {
        return Err(Error::unprocessable("cannot delete application with phone numbers"));
    }
    let writes =
        vec![Index::ApplicationName.release(place.owner, &application.name), Write::delete(place, Expect::Present)];
    objects::commit(&request, None, writes).await?;
    APPLICATION.release(&request, sid).await;
    Ok(Reply::NoContent)
}
