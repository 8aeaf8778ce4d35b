//! What there is one of: `/SystemInformation` and `/PasswordSettings`.

use serde::Serialize;
use serde::de::DeserializeOwned;
use strowger_model::{Owner, PasswordSettings, SystemInformation, V1Error};
use strowger_store::{Expect, Key, Kind, Write};

use super::error::Error;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::auth;

/// Times that a change is made anew on a newer revision before it is answered 409.
const ATTEMPTS: usize = 8;

fn information() -> Key {
    Key::new(Owner::System, Kind::Setting, "system_information")
}

pub(super) async fn read_information(request: Request) -> Result<Reply, Error> {
    let told: SystemInformation = objects::find(&request.state, &information()).await?.unwrap_or_default();
    Ok(Reply::Ok(objects::json(&told)?))
}

pub(super) async fn write_information(request: Request) -> Result<Reply, Error> {
    let update = |told: &mut SystemInformation| told.update(&request.body);
    let told = change(&request, information(), SystemInformation::default(), update).await?;
    Ok(Reply::Created(objects::json(&told)?))
}

pub(super) async fn read_passwords(request: Request) -> Result<Reply, Error> {
    Ok(Reply::Ok(objects::json(&request.state.auth().password_settings().await?)?))
}

pub(super) async fn write_passwords(request: Request) -> Result<Reply, Error> {
    let usual = request.state.auth().password_settings().await?;
    let update = |settings: &mut PasswordSettings| settings.update(&request.body);
    change(&request, auth::password_settings_key(), usual, update).await?;
    Ok(Reply::Created(serde_json::json!({})))
}

/// Changes the newest of it. `unsaid` is what holds as long as nobody has said anything.
async fn change<T: Serialize + DeserializeOwned + Clone>(
    request: &Request,
    key: Key,
    unsaid: T,
    change: impl Fn(&mut T) -> Result<(), V1Error>,
) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        let (mut object, expect) = match request.state.store().get(&key).await? {
            Some(document) => (document.decode()?, Expect::Revision(document.revision)),
            None => (unsaid.clone(), Expect::Absent),
        };
        change(&mut object)?;
        let write = Write::put(key.clone(), objects::json(&object)?, expect);
        match objects::commit(request, None, vec![write]).await {
            Ok(()) => return Ok(object),
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict("the object was changed meanwhile".into()))
}
