//! `/ApiKeys`. A token is shown once, when its key is made or gets another one.

use std::time::Duration;

use serde_json::{Value, json};
use strowger_model::api_key::{ApiKey, ApiKeyRequest, Scope, TokenForm};
use strowger_model::{AccountId, Sid, time};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{accounts, objects};
use crate::auth::Standing;
use crate::tenants::{self, Rotation, TenantError};

/// What a list shows in a token's place.
const MASKED: &str = "********";

/// Fields of a stored key that are the host's own.
const PRIVATE: [&str; 4] = ["scope", "rotation", "previous", "superseded"];

/// The longest time that a token may go on for when its key has got another one: a week.
pub(crate) const LONGEST_GRACE: u64 = 7 * 86_400;

const OF_PROVIDER: &str = "a service provider token can only be used to create tokens for the same service provider";
const OF_ACCOUNT: &str = "an account level token can only be used to create account level tokens for the same account";

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let asked = ApiKeyRequest::from_request(&request.body)?;
    may_issue(&request, asked.scope).await?;
    if !request.caller.is_admin() && !request.state.rate_limits().is_modest(asked.rate_limit) {
        return Err(Error::bad_request("rate_limit must not be above the installation's"));
    }
    let issued = ApiKey { rate_limit: asked.rate_limit, ..ApiKey::with_scope(asked.scope, asked.expires_at) };
    let token = tenants::issue_key(request.by(), &issued, TokenForm::Uuid).await?;
    Ok(Reply::Created(json!({"sid": issued.api_key_sid, "token": token.expose()})))
}

/// Nobody makes a key that opens more than their own.
async fn may_issue(request: &Request, scope: Scope) -> Result<(), Error> {
    match (request.caller.scope(), scope) {
        (Scope::Admin, Scope::Admin) => Ok(()),
        (Scope::Admin, Scope::Account(account)) => accounts::reachable(request, account).await,
        (Scope::Admin, Scope::ServiceProvider(provider)) => {
            let exists = tenants::provider_exists(&request.state, provider).await?;
            if exists { Ok(()) } else { Err(accounts::unknown_provider(provider)) }
        }
        (Scope::ServiceProvider(_), Scope::Admin) => {
            Err(Error::bad_request("service provider token may not be used to create admin token"))
        }
        (Scope::ServiceProvider(own), Scope::ServiceProvider(other)) if own == other => Ok(()),
        (Scope::ServiceProvider(_), Scope::ServiceProvider(_)) => Err(Error::bad_request(OF_PROVIDER)),
        (Scope::ServiceProvider(_), Scope::Account(account)) => {
            match request.state.auth().standing(&request.caller, account).await? {
                Standing::Granted => Ok(()),
                Standing::NoSuchAccount | Standing::Denied => Err(Error::bad_request(OF_PROVIDER)),
            }
        }
        (Scope::Account(own), Scope::Account(other)) if own == other => Ok(()),
        (Scope::Account(_), _) => Err(Error::bad_request(OF_ACCOUNT)),
    }
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (stored, found) = named(&request).await?;
    tenants::remove_key(request.by(), &stored, &found).await?;
    Ok(Reply::NoContent)
}

/// Gives the key another token. With `grace_s` the one before goes on for so many seconds.
pub(super) async fn rotate(request: Request) -> Result<Reply, Error> {
    let (_, found) = named(&request).await?;
    let grace = grace(&request.body)?;
    let rotation = Rotation { form: TokenForm::Uuid, grace };
    let rotated = tenants::rotate_key(request.by(), found.api_key_sid, rotation).await;
    let (key, token) = rotated.map_err(|error| match error {
        TenantError::Missing => unreachable(request.caller.scope()),
        error => error.into(),
    })?;
    let end = (!grace.is_zero()).then(|| time::format_date(time::now() + grace));
    let shown = json!({"sid": key.api_key_sid, "token": token.expose(), "previous_token_expires_at": end});
    Ok(Reply::Created(shown))
}

fn grace(body: &Value) -> Result<Duration, Error> {
    let asked = match body.get("grace_s") {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    };
    match asked.filter(|seconds| *seconds <= LONGEST_GRACE) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err(Error::bad_request(format!("grace_s must be a number of seconds up to {LONGEST_GRACE}"))),
    }
}

/// The path's key, if the caller may act on it.
async fn named(request: &Request) -> Result<(String, ApiKey), Error> {
    let sid: Sid = request.id("key")?;
    let found = tenants::find_key(&request.state, sid).await?;
    within_reach(request, found).await?.ok_or_else(|| unreachable(request.caller.scope()))
}

async fn within_reach(request: &Request, found: Option<(String, ApiKey)>) -> Result<Option<(String, ApiKey)>, Error> {
    let Some(found) = found else { return Ok(None) };
    let reached = match (request.caller.scope(), found.1.scope) {
        (Scope::Admin, _) => true,
        (_, Scope::Account(account)) => {
            request.state.auth().standing(&request.caller, account).await? == Standing::Granted
        }
        (Scope::ServiceProvider(own), Scope::ServiceProvider(other)) => own == other,
        (Scope::ServiceProvider(_) | Scope::Account(_), _) => false,
    };
    Ok(reached.then_some(found))
}

/// The same for a key that does not exist and for one that is somebody else's.
fn unreachable(scope: Scope) -> Error {
    match scope {
        Scope::Admin => Error::NotFound,
        Scope::ServiceProvider(_) => {
            Error::bad_request("a service provider user may not delete api key from another service provider")
        }
        Scope::Account(_) => Error::bad_request("a user may not delete a token associated with a different account"),
    }
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    rows(&request, Scope::Account(account)).await
}

pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    let provider: Sid = request.id("provider")?;
    if !tenants::provider_exists(&request.state, provider).await? {
        return Err(Error::NotFound);
    }
    rows(&request, Scope::ServiceProvider(provider)).await
}

async fn rows(request: &Request, scope: Scope) -> Result<Reply, Error> {
    if !request.caller.is_privileged() {
        return Err(Error::Forbidden("insufficient permissions"));
    }
    let keys = tenants::keys_of(&request.state, scope).await?;
    let rows: Result<Vec<Value>, Error> = keys.iter().map(row).collect();
    Ok(Reply::Ok(Value::Array(rows?)))
}

fn row(found: &ApiKey) -> Result<Value, Error> {
    let (account, provider) = match found.scope {
        Scope::Admin => (None, None),
        Scope::ServiceProvider(provider) => (None, Some(provider)),
        Scope::Account(account) => (Some(account.hyphenated()), None),
    };
    let mut row = objects::json(found)?;
    if let Value::Object(fields) = &mut row {
        fields.retain(|field, _| !PRIVATE.contains(&field.as_str()));
        fields.insert("token".into(), json!(MASKED));
        fields.insert("account_sid".into(), json!(account));
        fields.insert("service_provider_sid".into(), json!(provider));
    }
    Ok(row)
}
