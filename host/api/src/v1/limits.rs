//! `Limits` below an account or a service provider: set by whoever is above it, read by itself as well.

use strowger_calls::{account_limits_key, provider_limits_key};
use strowger_model::{AccountId, LimitCategory, LimitHolder, Limits, Sid};
use strowger_store::{Expect, Key, Write};

use super::error::{Error, INSUFFICIENT};
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};

/// Times that a change is made anew on newer limits before it is answered 409.
const ATTEMPTS: usize = 8;

fn account(request: &Request) -> Result<(LimitHolder, Key), Error> {
    let account: AccountId = request.id("account")?;
    Ok((LimitHolder::Account(account), account_limits_key(account)))
}

fn provider(request: &Request) -> Result<(LimitHolder, Key), Error> {
    let provider: Sid = request.id("provider")?;
    Ok((LimitHolder::ServiceProvider(provider), provider_limits_key(provider)))
}

pub(super) async fn of_account(request: Request) -> Result<Reply, Error> {
    list(&request, account(&request)?).await
}

pub(super) async fn of_provider(request: Request) -> Result<Reply, Error> {
    list(&request, provider(&request)?).await
}

async fn list(request: &Request, (holder, key): (LimitHolder, Key)) -> Result<Reply, Error> {
    let category: Option<LimitCategory> = listing::one_of(&request.query, "category")?;
    let limits: Limits = objects::find(&request.state, &key).await?.unwrap_or_default();
    Ok(Reply::Ok(limits.rows(holder, category).into()))
}

pub(super) async fn set(request: Request) -> Result<Reply, Error> {
    not_its_own(&request)?;
    let sid = change(&request, account(&request)?.1, |limits| Ok(limits.set(&request.body)?)).await?;
    Ok(Reply::created(sid))
}

pub(super) async fn set_of_provider(request: Request) -> Result<Reply, Error> {
    let sid = change(&request, existing(&request).await?, |limits| Ok(limits.set(&request.body)?)).await?;
    Ok(Reply::created(sid))
}

/// Those of the category that the query names, or all.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    not_its_own(&request)?;
    let category = listing::one_of(&request.query, "category")?;
    change(&request, account(&request)?.1, |limits| without(limits, category)).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove_of_provider(request: Request) -> Result<Reply, Error> {
    let category = listing::one_of(&request.query, "category")?;
    change(&request, existing(&request).await?, |limits| without(limits, category)).await?;
    Ok(Reply::NoContent)
}

fn without(limits: &mut Limits, category: Option<LimitCategory>) -> Result<(), Error> {
    limits.remove(category);
    Ok(())
}

/// Who is limited does not say how far.
fn not_its_own(request: &Request) -> Result<(), Error> {
    if request.caller.account().is_some() { Err(INSUFFICIENT) } else { Ok(()) }
}

/// Where the limits of the path's service provider lie, which exists.
async fn existing(request: &Request) -> Result<Key, Error> {
    let sid: Sid = request.id("provider")?;
    match crate::tenants::provider_exists(&request.state, sid).await? {
        true => Ok(provider_limits_key(sid)),
        false => Err(Error::NotFound),
    }
}

/// Changes the newest limits, which may be none yet.
async fn change<T>(request: &Request, key: Key, change: impl Fn(&mut Limits) -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        let found = request.state.store().get(&key).await?;
        let (mut limits, expect) = match found {
            Some(document) => (document.decode()?, Expect::Revision(document.revision)),
            None => (Limits::default(), Expect::Absent),
        };
        let outcome = change(&mut limits)?;
        let write = Write::put(key.clone(), objects::json(&limits)?, expect);
        match objects::commit(request, None, vec![write]).await {
            Ok(()) => return Ok(outcome),
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict("the limits were changed meanwhile".into()))
}
