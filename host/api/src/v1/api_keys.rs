//! `/ApiKeys`. A token is shown once, when its key is made.

use serde_json::{Value, json};
use strowger_model::api_key::{ApiKey, ApiKeyRequest, Scope, TokenForm, stored_id};
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::error::Error;
use super::index::{self, Index};
use super::reply::Reply;
use super::request::Request;
use super::{accounts, objects, service_providers};
use crate::auth::Standing;
use crate::state::ApiState;

/// What a list shows in a token's place.
const MASKED: &str = "********";

const OF_PROVIDER: &str = "a service provider token can only be used to create tokens for the same service provider";
const OF_ACCOUNT: &str = "an account level token can only be used to create account level tokens for the same account";

fn key(stored: &str) -> Key {
    Key::new(Owner::System, Kind::ApiKey, stored)
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let asked = ApiKeyRequest::from_request(&request.body)?;
    may_issue(&request, asked.scope).await?;
    let issued = ApiKey::with_scope(asked.scope, asked.expires_at);
    let token = TokenForm::Uuid.random();
    let stored = stored_id(token.expose());
    let sid = issued.api_key_sid.to_string();
    let writes = vec![objects::fresh(key(&stored), &issued)?, Index::ApiKey.claim(Owner::System, &sid, &stored)];
    objects::commit(&request, account_of(asked.scope), writes).await?;
    Ok(Reply::Created(json!({"sid": sid, "token": token.expose()})))
}

/// The account that a key is about.
fn account_of(scope: Scope) -> Option<AccountId> {
    match scope {
        Scope::Account(account) => Some(account),
        Scope::Admin | Scope::ServiceProvider(_) => None,
    }
}

/// Nobody makes a key that opens more than their own.
async fn may_issue(request: &Request, scope: Scope) -> Result<(), Error> {
    match (request.caller.scope(), scope) {
        (Scope::Admin, Scope::Admin) => Ok(()),
        (Scope::Admin, Scope::Account(account)) => accounts::reachable(request, account).await,
        (Scope::Admin, Scope::ServiceProvider(provider)) => {
            if service_providers::exists(&request.state, provider).await? {
                return Ok(());
            }
            Err(Error::bad_request(format!("service_provider not found for sid {provider}")))
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
    let sid: Sid = request.id("key")?;
    let found = match index::stored_key(&request.state, sid).await? {
        Some(stored) => objects::find::<ApiKey>(&request.state, &key(&stored)).await?.map(|found| (stored, found)),
        None => None,
    };
    let Some((stored, found)) = within_reach(&request, found).await? else {
        return Err(unreachable(request.caller.scope()));
    };
    let writes = removal(&stored, sid);
    objects::commit(&request, account_of(found.scope), writes.into()).await?;
    request.state.auth().forget(&key(&stored));
    Ok(Reply::NoContent)
}

/// The key, if the caller may delete it.
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

fn removal(stored: &str, sid: Sid) -> [Write; 2] {
    [Write::delete(key(stored), Expect::Anything), Index::ApiKey.release(Owner::System, &sid.to_string())]
}

/// The writes that end every key of an account.
pub(super) async fn removal_of_all(state: &ApiState, account: AccountId) -> Result<Vec<Write>, Error> {
    let keys = of_account(state, account).await?;
    Ok(keys.iter().flat_map(|(stored, found)| removal(stored, found.api_key_sid)).collect())
}

async fn of_account(state: &ApiState, account: AccountId) -> Result<Vec<(String, ApiKey)>, Error> {
    let mut keys = Vec::new();
    for document in state.store().all(Owner::System, Kind::ApiKey).await? {
        let found: ApiKey = objects::typed(document.body)?;
        if found.scope == Scope::Account(account) {
            keys.push((document.key.id, found));
        }
    }
    Ok(keys)
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let keys = of_account(&request.state, request.id("account")?).await?;
    let rows: Result<Vec<Value>, Error> = keys.iter().map(|(_, found)| row(found)).collect();
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
        fields.shift_remove("scope");
        fields.insert("token".into(), json!(MASKED));
        fields.insert("account_sid".into(), json!(account));
        fields.insert("service_provider_sid".into(), json!(provider));
    }
    Ok(row)
}
