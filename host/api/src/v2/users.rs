//! `/users`: who may log in to an account.

use serde_json::{Map, Value};
use strowger_model::document;
use strowger_store::{Document, Kind};
use uuid::Uuid;

use super::documents;
use super::error::Error;
use super::paging;
use super::reply::Reply;
use super::request::Request;
use super::user_store::{self, Input};
use crate::auth::Identity;

/// Fields of a user that a list shows.
const SUMMARY: [&str; 8] = ["id", "username", "first_name", "last_name", "email", "priv_level", "enabled", "timezone"];

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    managing(&request)?;
    paging::list(&request, Kind::User, summary).await
}

fn summary(document: &Document) -> Value {
    let mut row = document.body.as_object().map(document::public).unwrap_or_default();
    row.insert("id".into(), Value::from(document.key.id.clone()));
    row.retain(|field, _| SUMMARY.contains(&field.as_str()));
    Value::Object(row)
}

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    managing(&request)?;
    let fields = incoming(&mut request)?;
    let id = Uuid::new_v4().simple().to_string();
    let (fields, revision) = user_store::write(&request, &id, Input::Fresh(fields)).await?;
    Ok(Reply::created(documents::with_id(fields, &id), id).revision(revision))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let id = id(&request)?;
    let is_own = matches!(request.caller.identity(), Identity::User(own) if own.hex() == id);
    if !is_own {
        managing(&request)?;
    }
    documents::find(&request, Kind::User, &id).await.map(documents::shown)
}

pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let fields = incoming(&mut request)?;
    change(&request, Input::Replacement(fields)).await
}

pub(super) async fn merge(mut request: Request) -> Result<Reply, Error> {
    let fields = incoming(&mut request)?;
    change(&request, Input::Patch(fields)).await
}

async fn change(request: &Request, input: Input) -> Result<Reply, Error> {
    managing(request)?;
    let id = id(request)?;
    let (fields, revision) = user_store::write(request, &id, input).await?;
    Ok(Reply::ok(documents::with_id(fields, &id)).revision(revision))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    managing(&request)?;
    let id = id(&request)?;
    let Document { body, revision, .. } = user_store::remove(&request, &id).await?;
    Ok(Reply::ok(documents::as_deleted(&body, &id)).revision(revision))
}

/// Whether the caller may see other users than itself, and change any.
fn managing(request: &Request) -> Result<(), Error> {
    if request.caller.is_privileged() { Ok(()) } else { Err(Error::Forbidden) }
}

/// The path's user, in the spelling that it is stored under.
fn id(request: &Request) -> Result<String, Error> {
    let id = request.segment("user");
    let parsed = id.parse::<strowger_model::Sid>();
    parsed.map(strowger_model::Sid::hex).map_err(|_| Error::BadIdentifier(id.chars().take(64).collect()))
}

fn incoming(request: &mut Request) -> Result<Map<String, Value>, Error> {
    Ok(documents::incoming(std::mem::take(&mut request.envelope).into_object()?))
}
