//! Writing carrier resources from `/v1`: checked, stamped and written down as from `/v2`.

use serde_json::{Map, Value};
use strowger_model::{Owner, resource};
use strowger_store::{Expect, Key, Kind, Write};

use super::super::error::Error;
use super::super::objects;
use super::super::request::Request;
use crate::v2::{Stamp, is_deleted, mark_deleted, parted};

/// Times that a change is made anew on a newer revision before it is answered 409.
const ATTEMPTS: usize = 8;

pub(super) async fn create(
    request: &Request,
    owner: Owner,
    id: &str,
    mut fields: Map<String, Value>,
) -> Result<(), Error> {
    resource::validate(&mut fields).map_err(|broken| Error::bad_request(broken.to_string()))?;
    let body = stamp(request, owner).body(id, Map::new(), fields);
    let write = Write::put(Key::new(owner, Kind::Resource, id), body, Expect::Absent);
    objects::commit(request, None, vec![write]).await
}

/// Changes the newest document.
pub(super) async fn change<T: Send>(
    request: &Request,
    key: &Key,
    change: impl Fn(&mut Map<String, Value>) -> Result<T, Error> + Send + Sync,
) -> Result<T, Error> {
    rewrite(request, key, |fields| {
        let changed = change(fields)?;
        resource::validate(fields).map_err(|broken| Error::bad_request(broken.to_string()))?;
        Ok(changed)
    })
    .await
}

/// As `/v2` removes a carrier: it stays to be looked at, and is used for nothing more.
pub(super) async fn remove(request: &Request, key: &Key) -> Result<(), Error> {
    rewrite(request, key, |fields| {
        mark_deleted(fields);
        Ok(())
    })
    .await
}

async fn rewrite<T: Send>(
    request: &Request,
    key: &Key,
    change: impl Fn(&mut Map<String, Value>) -> Result<T, Error> + Send + Sync,
) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        let stored = request.state.store().get(key).await?.filter(|stored| !is_deleted(&stored.body));
        let stored = stored.ok_or(Error::NotFound)?;
        let (private, mut fields) = parted(stored.body);
        let changed = change(&mut fields)?;
        let body = stamp(request, key.owner).body(&key.id, private, fields);
        let write = Write::put(key.clone(), body, Expect::Revision(stored.revision));
        match objects::commit(request, None, vec![write]).await {
            Ok(()) => return Ok(changed),
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict("the object was changed meanwhile".into()))
}

fn stamp(request: &Request, owner: Owner) -> Stamp {
    Stamp::new(owner, Kind::Resource, request.origin.request_id(), request.caller.account())
}
