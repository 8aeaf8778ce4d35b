//! `/Sbcs`: where carriers and telephones send SIP.

use serde_json::Value;
use strowger_model::api_key::Scope;
use strowger_model::{Owner, Sbc, Sid};
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{accounts, listing, objects};
use crate::tenants;

/// Addresses of an installation.
const MOST: usize = 1_000;

fn key(sbc: Sid) -> Key {
    Key::new(Owner::System, Kind::Sbc, sbc.to_string())
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let sbc = Sbc::from_request(&request.body)?;
    if let Some(provider) = sbc.service_provider_sid
        && !tenants::provider_exists(&request.state, provider).await?
    {
        return Err(accounts::unknown_provider(provider));
    }
    if all(&request).await?.len() >= MOST {
        return Err(Error::unprocessable(format!("an installation has at most {MOST} SBCs")));
    }
    let sid = sbc.sbc_address_sid;
    objects::commit(&request, None, vec![objects::fresh(key(sid), &sbc)?]).await?;
    Ok(Reply::created(sid))
}

/// Those of the caller's service provider, or the one that an administrator names; where it has none, those of nobody in particular.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let provider = match request.caller.scope() {
        Scope::Admin => listing::parsed(&request.query, "service_provider_sid")?,
        Scope::ServiceProvider(own) => Some(own),
        Scope::Account(account) => request.state.auth().provider(account).await?,
    };
    let all = all(&request).await?;
    let of = |provider: Option<Sid>| all.iter().filter(move |sbc| sbc.service_provider_sid == provider);
    let own: Vec<&Sbc> = provider.map(|provider| of(Some(provider)).collect()).unwrap_or_default();
    let shown = if own.is_empty() { of(None).collect() } else { own };
    let rows: Result<Vec<Value>, Error> = shown.into_iter().map(objects::json).collect();
    Ok(Reply::Ok(Value::Array(rows?)))
}

async fn all(request: &Request) -> Result<Vec<Sbc>, Error> {
    let documents = request.state.store().all(Owner::System, Kind::Sbc).await?;
    documents.iter().map(|document| Ok(document.decode()?)).collect()
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let place = key(request.id("sbc")?);
    request.state.store().get(&place).await?.ok_or(Error::NotFound)?;
    objects::commit(&request, None, vec![Write::delete(place, Expect::Present)]).await?;
    Ok(Reply::NoContent)
}
