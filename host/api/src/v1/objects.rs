//! `/v1` objects in the store: read by type, written so that no other write is lost.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use strowger_model::AccountId;
use strowger_store::{Batch, Expect, Key, Kind, StoreError, Write};

use super::error::Error;
use super::request::Request;
use crate::state::ApiState;

/// Times that a change is made anew on a newer revision before it is answered 409.
const ATTEMPTS: usize = 8;

/// The object, if it exists.
pub(super) async fn find<T: DeserializeOwned>(state: &ApiState, key: &Key) -> Result<Option<T>, Error> {
    match state.store().get(key).await? {
        None => Ok(None),
        Some(document) => Ok(Some(document.decode()?)),
    }
}

/// An object as JSON: what the store keeps, and what its owner sees.
pub(super) fn json(object: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(object).map_err(|error| Error::Internal(error.to_string()))
}

/// The write that stores a new object.
pub(super) fn fresh(key: Key, object: &impl Serialize) -> Result<Write, Error> {
    Ok(Write::put(key, json(object)?, Expect::Absent))
}

/// Writes all or nothing, as the caller's change. `about` is the account that the installation's documents are about. A name that
/// somebody else has is a 422.
pub(super) async fn commit(request: &Request, about: Option<AccountId>, writes: Vec<Write>) -> Result<(), Error> {
    apply(&request.state, audited(request, about, writes)).await
}

/// Writes what follows from a change that is written down already.
pub(super) async fn tidy(state: &ApiState, writes: Vec<Write>) -> Result<(), Error> {
    apply(state, Batch::of(writes)).await
}

fn audited(request: &Request, about: Option<AccountId>, writes: Vec<Write>) -> Batch {
    let author = writes.first().map(|write| request.origin.author(write.key.owner, about));
    Batch::of(writes).by(author)
}

async fn apply(state: &ApiState, batch: Batch) -> Result<(), Error> {
    match state.store().apply(batch).await {
        Ok(_) => Ok(()),
        Err(StoreError::Conflict(key)) if key.kind == Kind::Index => Err(taken(&key)),
        Err(error) => Err(error.into()),
    }
}

/// Changes the newest object. `change` answers what has to be written beside it; `about` is as for [`commit`].
pub(super) async fn update<T: Serialize + DeserializeOwned>(
    request: &Request,
    about: Option<AccountId>,
    key: &Key,
    change: impl Fn(&mut T) -> Result<Vec<Write>, Error>,
) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let document = request.state.store().get(key).await?.ok_or(Error::NotFound)?;
        let mut object: T = document.decode()?;
        let mut writes = change(&mut object)?;
        writes.push(Write::put(key.clone(), json(&object)?, Expect::Revision(document.revision)));
        match request.state.store().apply(audited(request, about, writes)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict(key)) if key.kind == Kind::Index => return Err(taken(&key)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict("the object was changed meanwhile".into()))
}

pub(super) fn taken(key: &Key) -> Error {
    let (what, name) = key.id.split_once(':').unwrap_or(("name", &key.id));
    Error::unprocessable(format!("Duplicate entry '{name}' for key '{what}'"))
}

/// An account's object as JSON, with what its account knows: the service provider that keeps it now.
pub(super) async fn with_provider(state: &ApiState, account: AccountId, mut shown: Value) -> Result<Value, Error> {
    let provider = state.auth().provider(account).await?;
    if let Value::Object(fields) = &mut shown {
        fields.insert("service_provider_sid".into(), json!(provider));
    }
    Ok(shown)
}

/// An object as its owner sees it: without what clients of `/v2` keep with it.
pub(super) fn shown(object: &impl Serialize) -> Result<Value, Error> {
    let mut shown = json(object)?;
    if let Value::Object(fields) = &mut shown {
        fields.shift_remove("extra");
    }
    Ok(shown)
}

/// An object as a list shows it: without secrets, which are for whoever reads the one object.
pub(super) fn listed(object: &impl Serialize) -> Result<Value, Error> {
    let mut shown = shown(object)?;
    if let Value::Object(fields) = &mut shown {
        fields.shift_remove("webhook_secret");
        fields.shift_remove("subspace_client_secret");
        fields.values_mut().filter_map(Value::as_object_mut).for_each(|hook| {
            hook.shift_remove("password");
        });
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_shows_no_secret() {
        let object = json!({"webhook_secret": "wh", "call_hook": {"url": "http://a", "password": "p"}, "name": "n"});
        assert_eq!(listed(&object).unwrap(), json!({"call_hook": {"url": "http://a"}, "name": "n"}));
    }
}
