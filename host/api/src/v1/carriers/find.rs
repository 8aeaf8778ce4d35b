//! Carrier resources by their ids in `/v1`.

use strowger_model::{Owner, Sid, voip_carrier};
use strowger_store::{Document, Key, Kind, StoreExt};

use super::super::error::Error;
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

/// The owner's carriers.
pub(in crate::v1) async fn all_of(state: &ApiState, owner: Owner) -> Result<Vec<Document>, Error> {
    let mut carriers = state.store().all(owner, Kind::Resource).await?;
    carriers.retain(|carrier| !is_deleted(&carrier.body));
    Ok(carriers)
}
