//! API keys.

use std::time::Duration;

use strowger_model::api_key::{ApiKey, Scope, TokenForm, stored_id};
use strowger_model::{AccountId, Owner, Secret, Sid, time};
use strowger_store::{Expect, Key, Kind, Listing, Scan, StoreError, Write};

use super::{ATTEMPTS, By, TenantError, collect, fresh, json};
use crate::index::Index;
use crate::state::ApiState;

fn key(stored: &str) -> Key {
    Key::new(Owner::System, Kind::ApiKey, stored)
}

/// The account that a key is about.
fn about(scope: Scope) -> Option<AccountId> {
    match scope {
        Scope::Account(account) => Some(account),
        Scope::Admin | Scope::ServiceProvider(_) => None,
    }
}

/// Stores a new key under a fresh token, which is told this once.
pub(crate) async fn issue_key(by: By<'_>, issued: &ApiKey, form: TokenForm) -> Result<Secret, TenantError> {
    let token = form.random();
    let stored = stored_id(token.expose());
    let entry = Index::ApiKey.claim(Owner::System, &issued.api_key_sid.to_string(), &stored);
    by.commit(about(issued.scope), vec![fresh(key(&stored), issued)?, entry]).await?;
    Ok(token)
}

/// As [`issue_key`], for the key of an account that goes by no id. One that was deleted without this entry makes room.
pub(crate) async fn issue_main_key(by: By<'_>, account: AccountId, issued: &ApiKey) -> Result<Secret, TenantError> {
    let token = TokenForm::Hex.random();
    let stored = stored_id(token.expose());
    let sid = issued.api_key_sid.to_string();
    let before = by.state.store().get(&Index::MainApiKey.key(Owner::System, &account.hex())).await?;
    let as_read = before.map_or(Expect::Absent, |entry| Expect::Revision(entry.revision));
    let main = Index::MainApiKey.claim(Owner::System, &account.hex(), &sid);
    let entry = Index::ApiKey.claim(Owner::System, &sid, &stored);
    let writes = vec![fresh(key(&stored), issued)?, entry, Write { expect: as_read, ..main }];
    by.commit(Some(account), writes).await?;
    Ok(token)
}

/// A key, and where it is stored.
pub(crate) async fn find_key(state: &ApiState, sid: Sid) -> Result<Option<(String, ApiKey)>, StoreError> {
    let Some(stored) = Index::ApiKey.find(state.store(), Owner::System, &sid.to_string()).await? else {
        return Ok(None);
    };
    let found = state.store().get(&key(&stored)).await?;
    found.map(|document| Ok((stored, document.decode()?))).transpose()
}

/// The keys of that scope.
pub(crate) async fn keys_of(state: &ApiState, scope: Scope) -> Result<Vec<ApiKey>, StoreError> {
    let keys = collect::<ApiKey>(state, scan(scope)).await?;
    Ok(keys.into_iter().map(|(_, key)| key).filter(|key| !key.superseded).collect())
}

fn scan(scope: Scope) -> Scan {
    let holder = match scope {
        Scope::Admin => "admin".to_owned(),
        Scope::ServiceProvider(provider) => format!("service_provider:{provider}"),
        Scope::Account(account) => format!("account:{account}"),
    };
    Scan::of(Owner::System, Kind::ApiKey).by(Listing::Holder).only(&holder)
}

/// The writes that end every key of that scope.
pub(super) async fn removal_of_all(state: &ApiState, scope: Scope) -> Result<Vec<Write>, StoreError> {
    let keys = collect::<ApiKey>(state, scan(scope)).await?;
    Ok(keys.into_iter().flat_map(|(place, found)| removal(&place.id, &found)).collect())
}

/// The writes that end a key and its token before.
fn removal(stored: &str, found: &ApiKey) -> Vec<Write> {
    let places = std::iter::once(stored).chain(found.previous.as_deref());
    let ends = places.map(|place| Write::delete(key(place), Expect::Anything));
    ends.chain([Index::ApiKey.release(Owner::System, &found.api_key_sid.to_string())]).collect()
}

/// Ends a key.
pub(crate) async fn remove_key(by: By<'_>, stored: &str, found: &ApiKey) -> Result<(), TenantError> {
    by.commit(about(found.scope), removal(stored, found)).await?;
    Ok(())
}

/// How a key gets its next token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rotation {
    pub(crate) form: TokenForm,
    /// The time that the token before goes on for.
    pub(crate) grace: Duration,
}

/// Gives a key another token, which is told this once. A token that went on from an earlier rotation ends now.
pub(crate) async fn rotate_key(by: By<'_>, sid: Sid, rotation: Rotation) -> Result<(ApiKey, Secret), TenantError> {
    for _ in 0..ATTEMPTS {
        let (stored, found) = find_key(by.state, sid).await?.ok_or(TenantError::Missing)?;
        let token = rotation.form.random();
        let next = found.rotated((!rotation.grace.is_zero()).then(|| stored.clone()));
        let writes = rotated(by.state, &stored, &next, &token, rotation.grace).await?;
        match by.commit(about(found.scope), writes).await {
            Ok(_) => return Ok((next, token)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(TenantError::Conflict)
}

async fn rotated(
    state: &ApiState,
    stored: &str,
    next: &ApiKey,
    token: &Secret,
    grace: Duration,
) -> Result<Vec<Write>, TenantError> {
    let document = state.store().get(&key(stored)).await?.ok_or(TenantError::Conflict)?;
    let as_read = Expect::Revision(document.revision.clone());
    let before: ApiKey = document.decode()?;
    let place = stored_id(token.expose());
    let index = Index::ApiKey.claim(Owner::System, &next.api_key_sid.to_string(), &place);
    let old = if grace.is_zero() {
        Write::delete(key(stored), as_read)
    } else {
        Write::put(key(stored), json(&before.superseded(time::now() + grace))?, as_read).expires_in(grace)
    };
    let mut writes = vec![fresh(key(&place), next)?, old, Write { expect: Expect::Present, ..index }];
    writes.extend(before.previous.as_deref().map(|place| Write::delete(key(place), Expect::Anything)));
    Ok(writes)
}
