//! `/ServiceProviders`.

use serde_json::Value;
use strowger_model::{Owner, ServiceProvider, Sid};
use strowger_store::{Kind, Scan, StoreExt};

use super::error::Error;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::tenants;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let provider = ServiceProvider::from_request(&request.body)?;
    tenants::create_provider(request.by(), &provider).await?;
    Ok(Reply::created(provider.service_provider_sid))
}

/// All of them for an administrator, its own one for a service provider, none for an account.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let documents = match request.caller.service_provider() {
        _ if request.caller.is_admin() => {
            request.state.store().collect(Scan::of(Owner::System, Kind::ServiceProvider)).await?
        }
        Some(own) => request.state.store().get(&tenants::provider_key(own)).await?.into_iter().collect(),
        None => Vec::new(),
    };
    let rows: Result<Vec<Value>, Error> =
        documents.iter().map(|document| objects::listed(&document.decode::<ServiceProvider>()?)).collect();
    Ok(Reply::Ok(Value::Array(rows?)))
}

/// For administrators, the service provider itself, and (without its secrets) the accounts below it.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let sid: Sid = request.id("provider")?;
    let key = tenants::provider_key(sid);
    let provider: ServiceProvider = objects::find(&request.state, &key).await?.ok_or(Error::NotFound)?;
    let shown =
        if request.caller.account().is_some() { objects::listed(&provider)? } else { objects::shown(&provider)? };
    Ok(Reply::Ok(shown))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let sid: Sid = request.id("provider")?;
    let change = |provider: &mut ServiceProvider| {
        let before = provider.clone();
        provider.update(&request.body)?;
        Ok(tenants::rename(&before, provider))
    };
    objects::update(&request, None, &tenants::provider_key(sid), change).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    tenants::remove_provider(request.by(), request.id("provider")?).await?;
    Ok(Reply::NoContent)
}
