//! `/api_key`: the one key of an account that has no id of its own. It cannot be shown again, since only a hash of it is stored; it is
//! replaced instead.

use serde_json::json;
use strowger_model::api_key::{ApiKey, Scope, TokenForm};
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::StoreError;

use super::api_keys::{grace, privileged, shown};
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::index::Index;
use crate::tenants::{self, Rotation, TenantError};

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (_, key) = main(&request, privileged(&request)?).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(shown(&key)))
}

/// Makes the key, or gives it another token. With `grace_s` the one before goes on for so many seconds.
pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let account = privileged(&request)?;
    let grace = grace(&mut request)?;
    let (key, token) = match main(&request, account).await? {
        Some((_, key)) => {
            tenants::rotate_key(request.by(), key.api_key_sid, Rotation { form: TokenForm::Hex, grace }).await?
        }
        None => {
            let key = ApiKey::with_scope(Scope::Account(account), None);
            let token = tenants::issue_main_key(request.by(), account, &key).await.map_err(|error| match error {
                // Somebody else has made it at the same moment.
                TenantError::Taken(_) => Error::Conflict,
                error => error.into(),
            })?;
            (key, token)
        }
    };
    let mut told = shown(&key);
    told.insert("api_key".into(), json!(token.expose()));
    Ok(Reply::loaded(told))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (stored, key) = main(&request, privileged(&request)?).await?.ok_or(Error::NotFound)?;
    tenants::remove_key(request.by(), &stored, &key).await?;
    let mut told = shown(&key);
    told.insert("_read_only".into(), json!({"deleted": true}));
    Ok(Reply::ok(told))
}

async fn main(request: &Request, account: AccountId) -> Result<Option<(String, ApiKey)>, StoreError> {
    let sid = Index::MainApiKey.find(request.state.store(), Owner::System, &account.hex()).await?;
    match sid.and_then(|sid| sid.parse::<Sid>().ok()) {
        Some(sid) => tenants::find_key(&request.state, sid).await,
        None => Ok(None),
    }
}
