//! `/ServiceProviders`.

use serde_json::Value;
use strowger_model::{Owner, ServiceProvider, Sid};
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::accounts;
use super::error::{Error, INSUFFICIENT};
use super::index::Index;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::state::ApiState;

fn key(provider: Sid) -> Key {
    Key::new(Owner::System, Kind::ServiceProvider, provider.to_string())
}

/// Whether there is such a service provider.
pub(super) async fn exists(state: &ApiState, provider: Sid) -> Result<bool, Error> {
    Ok(state.store().get(&key(provider)).await?.is_some())
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let provider = ServiceProvider::from_request(&request.body)?;
    let sid = provider.service_provider_sid;
    let name = Index::ProviderName.claim(Owner::System, &provider.name, &sid.to_string());
    objects::commit(&request, None, vec![objects::fresh(key(sid), &provider)?, name]).await?;
    Ok(Reply::created(sid))
}

/// All of them for an administrator, its own one for a service provider, none for an account.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let mut rows = Vec::new();
    for document in request.state.store().all(Owner::System, Kind::ServiceProvider).await? {
        let provider: ServiceProvider = objects::typed(document.body)?;
        if request.caller.is_admin() || request.caller.service_provider() == Some(provider.service_provider_sid) {
            rows.push(objects::listed(&provider)?);
        }
    }
    Ok(Reply::Ok(Value::Array(rows)))
}

/// For administrators, the service provider itself, and (without its secrets) the accounts below it.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let sid: Sid = request.id("provider")?;
    let caller = &request.caller;
    let below = match caller.account() {
        Some(account) => request.state.auth().provider(account).await? == Some(sid),
        None => false,
    };
    if !below && !caller.is_admin() && caller.service_provider() != Some(sid) {
        return Err(INSUFFICIENT);
    }
    let provider: ServiceProvider = objects::find(&request.state, &key(sid)).await?.ok_or(Error::NotFound)?;
    let shown = if below { objects::listed(&provider)? } else { objects::json(&provider)? };
    Ok(Reply::Ok(shown))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let sid: Sid = request.id("provider")?;
    let change = |provider: &mut ServiceProvider| {
        let before = provider.name.clone();
        provider.update(&request.body)?;
        let (old, new) = (Some(before.as_str()), Some(provider.name.as_str()));
        Ok(Index::ProviderName.rename(Owner::System, old, new, &sid.to_string()))
    };
    objects::update(&request, None, &key(sid), change).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let sid: Sid = request.id("provider")?;
    let provider: ServiceProvider = objects::find(&request.state, &key(sid)).await?.ok_or(Error::NotFound)?;
    if accounts::any_below(&request.state, sid).await? {
        return Err(Error::Forbidden("insufficient privileges"));
    }
    let writes =
        vec![Write::delete(key(sid), Expect::Present), Index::ProviderName.release(Owner::System, &provider.name)];
    objects::commit(&request, None, writes).await?;
    Ok(Reply::NoContent)
}
