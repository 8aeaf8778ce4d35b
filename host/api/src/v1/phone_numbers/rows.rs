//! Lists of numbers, and how a number is shown.

use serde_json::Value;
use strowger_model::api_key::Scope;
use strowger_model::phone_number::{NumberModule, PhoneNumber};
use strowger_model::{AccountId, Owner, Sid, voip_carrier};
use strowger_store::{Kind, StoreExt};

use super::super::error::Error;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::{accounts, listing};

pub(in crate::v1) async fn list(request: Request) -> Result<Reply, Error> {
    let provider = match request.caller.scope() {
        Scope::ServiceProvider(own) => Some(own),
        Scope::Admin => listing::parsed(&request.query, "service_provider_sid")?,
        Scope::Account(_) => None,
    };
    let mut owners: Vec<Owner> = accounts::within_reach(&request).await?.into_iter().map(Owner::Account).collect();
    if request.caller.account().is_none() {
        owners.push(Owner::System);
    }
    listed(&request, owners, provider).await
}

pub(in crate::v1) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    let below = accounts::of_provider(&request).await?;
    let accounts = below.into_iter().map(|account| Owner::Account(account.account_sid));
    let pool = request.caller.account().is_none().then_some(Owner::System);
    let owners = accounts.chain(pool).collect();
    listed(&request, owners, Some(request.id("provider")?)).await
}

/// In the order of numbers. Of the pool only what is `provider`'s, where one is named.
async fn listed(request: &Request, owners: Vec<Owner>, provider: Option<Sid>) -> Result<Reply, Error> {
    let account: Option<AccountId> = listing::parsed(&request.query, "account_sid")?;
    let wanted = request.query.get("filter").unwrap_or_default().trim_start_matches('+');
    let mut rows = Vec::new();
    for owner in owners.into_iter().filter(|owner| account.is_none() || owner.account() == account) {
        let above = above(request, owner).await?;
        if owner.account().is_some() && provider.is_some() && above != provider {
            continue;
        }
        for document in request.state.store().all(owner, Kind::PhoneNumber).await? {
            let number: PhoneNumber = document.decode()?;
            let offered = owner.account().is_some() || provider.is_none() || number.provider == provider;
            if offered && number.id.digits().contains(wanted) {
                rows.push(row(owner, &number, above));
            }
        }
    }
    rows.sort_by(|a, b| text(a, "number").cmp(text(b, "number")));
    listing::reply(&request.query, rows)
}

/// A number as its owner sees it.
pub(super) async fn shown(request: &Request, owner: Owner, number: &PhoneNumber) -> Result<Value, Error> {
    Ok(row(owner, number, above(request, owner).await?))
}

/// The service provider of an owner that is an account.
async fn above(request: &Request, owner: Owner) -> Result<Option<Sid>, Error> {
    match owner.account() {
        Some(account) => Ok(request.state.auth().provider(account).await?),
        None => Ok(None),
    }
}

fn row(owner: Owner, number: &PhoneNumber, above: Option<Sid>) -> Value {
    let source = match number.module_name {
        NumberModule::Local => owner,
        NumberModule::Other => Owner::System,
    };
    let carrier = number.resource_id.as_deref().map(|id| voip_carrier::sid(source, id));
    Value::Object(number.shown_in_v1(owner, carrier, above.or(number.provider)))
}

/// Whether any number of the owner is as `used` says.
pub(in crate::v1) async fn uses(
    request: &Request,
    owner: Owner,
    used: impl Fn(&PhoneNumber) -> bool,
) -> Result<bool, Error> {
    for document in request.state.store().all(owner, Kind::PhoneNumber).await? {
        if used(&document.decode()?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}
