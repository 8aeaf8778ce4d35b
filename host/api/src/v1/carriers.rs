//! `/VoipCarriers`, also below accounts and service providers: the carrier resources of `/v2`, read and written as what they are.

pub(super) mod find;
pub(super) mod gateways;
mod write;

use serde_json::{Map, Value};
use strowger_model::api_key::Scope;
use strowger_model::phone_number::{NumberModule, PhoneNumber};
use strowger_model::{AccountId, Owner, Sid, document, voip_carrier};
use strowger_store::Document;

use super::error::Error;
use super::owned::APPLICATION;
use super::reply::Reply;
use super::request::Request;
use super::{accounts, listing, phone_numbers};
use find::named;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let owner = owner_of_new(&request).await?;
    check_application(&request, owner).await?;
    let sid = Sid::random();
    write::create(&request, owner, &sid.hex(), voip_carrier::fresh(&request.body)?).await?;
    Ok(Reply::created(sid))
}

/// An account's carrier is its own; the installation's are for administrators to add.
async fn owner_of_new(request: &Request) -> Result<Owner, Error> {
    let (asked, provider) =
        (voip_carrier::requested_account(&request.body)?, voip_carrier::requested_provider(&request.body)?);
    let provider = request.id("provider").ok().or(provider);
    let account = match (request.named_account(), request.caller.scope()) {
        (Some(account), _) | (None, Scope::Account(account)) => Some(account),
        (None, Scope::Admin | Scope::ServiceProvider(_)) => asked,
    };
    let Some(account) = account else {
        let of_installation = request.caller.is_admin() && provider.is_none();
        let message = "account_sid missing: carriers of a service provider are not supported yet";
        return if of_installation { Ok(Owner::System) } else { Err(Error::unprocessable(message)) };
    };
    accounts::reachable(request, account).await.map_err(|error| match error {
        Error::Forbidden(_) | Error::BadRequest(_) => Error::bad_request("unknown account_sid"),
        error => error,
    })?;
    match provider {
        Some(named) if request.state.auth().provider(account).await? != Some(named) => {
            Err(Error::bad_request("service_provider_sid is not that of the account"))
        }
        _ => Ok(account.into()),
    }
}

async fn check_application(request: &Request, owner: Owner) -> Result<(), Error> {
    let Some(application) = voip_carrier::requested_application(&request.body)? else { return Ok(()) };
    let account = owner.account().ok_or_else(|| Error::bad_request("account_sid missing"))?;
    let found = request.state.store().get(&APPLICATION.key(account, application)).await?;
    let unknown = || Error::bad_request("application_sid does not exist for specified account_sid");
    found.map(drop).ok_or_else(unknown)
}

/// Without secrets, which are for whoever reads the one carrier.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let account: Option<AccountId> = listing::parsed(&request.query, "account_sid")?;
    let mut rows = Vec::new();
    for owner in
        find::owners(&request).await?.into_iter().filter(|owner| account.is_none() || owner.account() == account)
    {
        let provider = provider_of(&request, owner).await?;
        for carrier in find::all_of(&request.state, owner).await? {
            rows.push(Value::Object(document::without_secrets(&shown(&carrier, provider))));
        }
    }
    rows.retain(|row| listing::contains(&request.query, "name", row));
    listing::reply(&request.query, rows)
}

async fn provider_of(request: &Request, owner: Owner) -> Result<Option<Sid>, Error> {
    match owner.account() {
        Some(account) => Ok(request.state.auth().provider(account).await?),
        None => Ok(None),
    }
}

fn shown(carrier: &Document, provider: Option<Sid>) -> Map<String, Value> {
    let nothing = Map::new();
    let fields = carrier.body.as_object().unwrap_or(&nothing);
    voip_carrier::shown(carrier.key.owner, &carrier.key.id, fields, provider)
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| match request.caller.scope() {
        _ if request.named_account().is_some() => Error::NotFound,
        Scope::Admin => Error::NotFound,
        Scope::ServiceProvider(_) | Scope::Account(_) => Error::bad_request("insufficient privileges"),
    })?;
    let provider = provider_of(&request, found.key.owner).await?;
    Ok(Reply::Ok(Value::Object(shown(&found, provider))))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| not_yours(&request))?;
    let owner = found.key.owner;
    let asked = voip_carrier::requested_account(&request.body)?;
    if asked.is_some() && asked != owner.account() {
        return Err(Error::bad_request("account_sid may not be modified"));
    }
    let asked = voip_carrier::requested_provider(&request.body)?;
    if asked.is_some() && asked != provider_of(&request, owner).await? {
        return Err(Error::bad_request("service_provider_sid may not be modified"));
    }
    check_application(&request, owner).await?;
    write::change(&request, &found.key, |fields| Ok(voip_carrier::change(fields, &request.body)?)).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| not_yours(&request))?;
    if has_numbers(&request, &found).await? {
        return Err(Error::unprocessable("cannot delete voip carrier with active phone numbers"));
    }
    write::remove(&request, &found.key).await?;
    Ok(Reply::NoContent)
}

/// Whether numbers come from the carrier: an account's own ones, of the installation's those of every account.
async fn has_numbers(request: &Request, carrier: &Document) -> Result<bool, Error> {
    let (owner, id) = (carrier.key.owner, carrier.key.id.as_str());
    let comes = |number: &PhoneNumber, from| number.module_name == from && number.resource_id.as_deref() == Some(id);
    if phone_numbers::uses(request, owner, |number| comes(number, NumberModule::Local)).await? {
        return Ok(true);
    }
    if owner != Owner::System {
        return Ok(false);
    }
    for account in accounts::within_reach(request).await? {
        if phone_numbers::uses(request, account.into(), |number| comes(number, NumberModule::Other)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a change to a carrier is answered that is somebody else's or nobody's.
fn not_yours(request: &Request) -> Error {
    match request.caller.scope() {
        _ if request.named_account().is_some() => Error::NotFound,
        Scope::Admin => Error::NotFound,
        Scope::ServiceProvider(_) | Scope::Account(_) => Error::unprocessable("carrier belongs to a different user"),
    }
}
