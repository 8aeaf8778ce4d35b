//! Which numbers a caller may act on, and to whom it may give them.

use strowger_model::api_key::Scope;
use strowger_model::phone_number::{Assignment, E164};
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::numbers::{self, Assigned};

use super::super::accounts;
use super::super::error::{Error, INSUFFICIENT};
use super::super::owned::APPLICATION;
use super::super::request::Request;
use crate::auth::Standing;
use crate::tenants;

/// The path's number, if the caller may act on it.
pub(super) async fn named(request: &Request) -> Result<Option<Assigned>, Error> {
    let sid: Sid = request.id("phone_number")?;
    let Some(number) = E164::of_sid(sid) else { return Ok(None) };
    let Some(found) = numbers::find(request.state.store(), &number).await? else { return Ok(None) };
    let reached = match (request.caller.scope(), found.owner) {
        (Scope::Admin, _) => true,
        (Scope::ServiceProvider(own), Owner::System) => found.number.provider == Some(own),
        (Scope::Account(_), Owner::System) => false,
        (_, Owner::Account(account)) => {
            request.state.auth().standing(&request.caller, account).await? == Standing::Granted
        }
    };
    Ok(reached.then_some(found))
}

/// The assignment, if the caller may make it: to an account of its own, and there to an application of that account.
pub(super) async fn admitted(request: &Request, asked: Assignment) -> Result<Assignment, Error> {
    match (request.caller.scope(), asked.account) {
        (Scope::Account(own), account) if account == Some(own) => {}
        (Scope::Account(_), _) => return Err(Error::bad_request("account_sid may not be modified")),
        (_, None) => {}
        (_, Some(account)) => accounts::reachable(request, account).await?,
    }
    if let Some(application) = asked.application {
        check_application(request, asked.account, application).await?;
    }
    Ok(Assignment { provider: provider(request, asked).await?, ..asked })
}

async fn check_application(request: &Request, account: Option<AccountId>, application: Sid) -> Result<(), Error> {
    let account = account.ok_or_else(|| Error::bad_request("account_sid missing"))?;
    let found = request.state.store().get(&APPLICATION.key(account, application)).await?;
    let unknown = || Error::bad_request(format!("application not found for sid {application}"));
    found.map(drop).ok_or_else(unknown)
}

/// A number of the pool may be a service provider's to give away; one of an account is that of the account's own one.
async fn provider(request: &Request, asked: Assignment) -> Result<Option<Sid>, Error> {
    match (request.caller.scope(), asked.account, asked.provider) {
        (_, Some(account), Some(named)) if request.state.auth().provider(account).await? != Some(named) => {
            Err(Error::bad_request("service_provider_sid is not that of the account"))
        }
        (_, Some(_), _) => Ok(None),
        (Scope::ServiceProvider(own), None, named) if named.is_none_or(|named| named == own) => Ok(Some(own)),
        (Scope::ServiceProvider(_), None, _) => Err(INSUFFICIENT),
        (_, None, Some(named)) if !tenants::provider_exists(&request.state, named).await? => {
            Err(accounts::unknown_provider(named))
        }
        (_, None, named) => Ok(named),
    }
}
