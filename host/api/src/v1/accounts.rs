//! `/Accounts`.

use serde_json::Value;
use strowger_jobs::EraseAccount;
use strowger_model::api_key::Scope;
use strowger_model::{Account, AccountId, Owner, Sid};
use strowger_store::{Kind, Scan, StoreExt};

use super::error::{Error, INSUFFICIENT};
use super::objects;
use super::owned::APPLICATION;
use super::reply::Reply;
use super::request::Request;
use crate::auth::Standing;
use crate::tenants::{self, Move, TenantError};

/// What an administrator or the service provider says of an account, not the account itself.
const NOT_ITS_OWN: [&str; 8] = [
    "is_active",
    "rate_limit",
    "hunt_accounts",
    "plan_type",
    "stripe_customer_id",
    "trial_end_date",
    "deactivated_reason",
    "device_to_call_ratio",
];

/// What names an application of the account.
const APPLICATIONS: [&str; 2] = ["device_calling_application_sid", "siprec_hook_sid"];

/// What administrators say of an account: limits protect the installation, and whose carriers it may use the other accounts.
const ADMINISTRATORS: [&str; 2] = ["rate_limit", "hunt_accounts"];

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let provider = provider_for(&request)?;
    check_administrators(&request)?;
    let account = Account::from_request(&request.body, provider)?;
    check_applications(&request, account.account_sid).await?;
    tenants::create_account(request.by(), &account).await.map_err(|error| match error {
        TenantError::NoSuchProvider => unknown_provider(provider),
        error => error.into(),
    })?;
    Ok(Reply::created(account.account_sid.hyphenated()))
}

/// A service provider's accounts are its own; an administrator says whose the account shall be.
fn provider_for(request: &Request) -> Result<Sid, Error> {
    if let Some(own) = request.caller.service_provider() {
        return Ok(own);
    }
    let named = Account::requested_provider(&request.body)?;
    named.ok_or_else(|| Error::bad_request("missing field service_provider_sid"))
}

pub(super) fn unknown_provider(provider: Sid) -> Error {
    Error::bad_request(format!("service_provider not found for sid {provider}"))
}

fn check_administrators(request: &Request) -> Result<(), Error> {
    let asks = ADMINISTRATORS.iter().any(|field| request.body.get(field).is_some());
    if asks && !request.caller.is_admin() { Err(Error::Forbidden("insufficient privileges")) } else { Ok(()) }
}

/// Checks that the applications which a body names are the account's own.
async fn check_applications(request: &Request, account: AccountId) -> Result<(), Error> {
    for field in APPLICATIONS {
        let Some(named) = request.body.get(field).filter(|named| !named.is_null()) else { continue };
        let sid: Option<Sid> = named.as_str().and_then(|sid| sid.parse().ok());
        let found = match sid {
            Some(sid) => request.state.store().get(&APPLICATION.key(account, sid)).await?,
            None => None,
        };
        if found.is_none() {
            return Err(Error::bad_request(format!("{field}: the account has no such application")));
        }
    }
    Ok(())
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    rows(visible(&request).await?)
}

pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    rows(of_provider(&request).await?)
}

/// The accounts of the path's service provider; of those, to an account itself.
pub(super) async fn of_provider(request: &Request) -> Result<Vec<Account>, Error> {
    let provider: Sid = request.id("provider")?;
    if !tenants::provider_exists(&request.state, provider).await? {
        return Err(Error::NotFound);
    }
    match request.caller.account() {
        Some(_) => visible(request).await,
        None => found(request, tenants::accounts_below(provider)).await,
    }
}

fn rows(accounts: Vec<Account>) -> Result<Reply, Error> {
    let rows: Result<Vec<Value>, Error> =
        accounts.into_iter().map(|account| objects::listed(&obscured(account))).collect();
    Ok(Reply::Ok(Value::Array(rows?)))
}

/// The account with the credentials of its bucket obscured.
fn obscured(mut account: Account) -> Account {
    let bucket = &mut account.recording.bucket_credential;
    *bucket = bucket.take().map(|credential| credential.obscured());
    account
}

/// The accounts that the caller may act on.
pub(super) async fn within_reach(request: &Request) -> Result<Vec<AccountId>, Error> {
    Ok(visible(request).await?.into_iter().map(|account| account.account_sid).collect())
}

async fn visible(request: &Request) -> Result<Vec<Account>, Error> {
    match request.caller.scope() {
        Scope::Account(own) => {
            Ok(objects::find(&request.state, &tenants::account_key(own)).await?.into_iter().collect())
        }
        Scope::Admin => found(request, Scan::of(Owner::System, Kind::Account)).await,
        Scope::ServiceProvider(own) => found(request, tenants::accounts_below(own)).await,
    }
}

async fn found(request: &Request, scan: Scan) -> Result<Vec<Account>, Error> {
    let documents = request.state.store().collect(scan).await?;
    documents.iter().map(|document| Ok(document.decode()?)).collect()
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let key = tenants::account_key(request.id("account")?);
    let account: Account = objects::find(&request.state, &key).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(objects::shown(&obscured(account))?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    // An account that was switched off does not switch itself on.
    if request.caller.account().is_some() && NOT_ITS_OWN.iter().any(|field| request.body.get(*field).is_some()) {
        return Err(Error::Forbidden("insufficient privileges"));
    }
    check_administrators(&request)?;
    if request.caller.account().is_some() && request.body.get("sip_realm").is_some_and(|realm| !realm.is_null()) {
        return Err(Error::bad_request("sip_realm is set by POST /v1/Accounts/{sid}/SipRealms/{realm}"));
    }
    check_applications(&request, account).await?;
    let change = |account: &mut Account| account.update(&request.body).map_err(Error::from);
    Move { account, to: None }.apply(request.by(), |_| Ok(()), change).await?;
    Ok(Reply::NoContent)
}

/// Ends the account's access at once; a job removes what was its own.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let id: AccountId = request.id("account")?;
    let erase = EraseAccount::job(id).enqueue();
    tenants::remove_account(request.by(), id, |_| Ok(()), vec![erase]).await?;
    Ok(Reply::NoContent)
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
