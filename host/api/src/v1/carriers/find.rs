//! Carrier resources by their ids in `/v1`.

use strowger_model::{Owner, Sid, voip_carrier};
use strowger_store::{Document, Key, Kind, StoreExt};

use super::super::accounts;
use super::super::error::Error;
use super::super::request::Request;
use crate::state::ApiState;
use crate::v2::is_deleted;

/// The owner's carrier of that id.
pub(in crate::v1) async fn of_owner(state: &ApiState, owner: Owner, sid: Sid) -> Result<Option<Document>, Error> {
    // What the host itself calls a carrier that has no name.
    let found = state.store().get(&Key::new(owner, Kind::Resource, sid.hex())).await?;
    if let Some(found) = found.filter(|found| !is_deleted(&found.body)) {
        return Ok(Some(found));
    }
    let carriers = all_of(state, owner).await?;
    Ok(carriers.into_iter().find(|carrier| voip_carrier::sid(owner, &carrier.key.id) == sid))
}

/// The path's carrier, if the caller may act on it.
pub(super) async fn named(request: &Request) -> Result<Option<Document>, Error> {
    within_reach(request, request.id("voip_carrier")?).await
}

/// The carrier, if the caller may act on it. An id that carriers of several accounts have, who chose it themselves, names none.
pub(super) async fn within_reach(request: &Request, sid: Sid) -> Result<Option<Document>, Error> {
    let mut found = Vec::new();
    for owner in owners(request).await? {
        found.extend(of_owner(&request.state, owner, sid).await?);
    }
    if found.len() > 1 {
        return Err(Error::Conflict("carriers of several accounts have this sid: name the account in the path".into()));
    }
    Ok(found.pop())
}

/// Whose carriers the caller may act on, by the path that it takes.
pub(super) async fn owners(request: &Request) -> Result<Vec<Owner>, Error> {
    if let Some(account) = request.named_account() {
        return Ok(vec![account.into()]);
    }
    if request.id::<Sid>("provider").is_ok() {
        let below = accounts::of_provider(request).await?;
        return Ok(below.into_iter().map(|account| account.account_sid.into()).collect());
    }
    let mut owners: Vec<Owner> = accounts::within_reach(request).await?.into_iter().map(Owner::Account).collect();
    if request.caller.is_admin() {
        owners.push(Owner::System);
    }
    Ok(owners)
}

/// The owner's carriers.
pub(in crate::v1) async fn all_of(state: &ApiState, owner: Owner) -> Result<Vec<Document>, Error> {
    let mut carriers = state.store().all(owner, Kind::Resource).await?;
    carriers.retain(|carrier| !is_deleted(&carrier.body));
    Ok(carriers)
}
