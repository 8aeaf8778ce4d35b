//! `/resources`: an account's carriers, or the installation's.

use serde_json::{Map, Value};
use strowger_model::{Owner, Violation, Violations, patch, resource};
use strowger_store::{Document, Kind};
use uuid::Uuid;

use super::documents::{self, Target};
use super::error::Error;
use super::paging;
use super::reply::Reply;
use super::request::Request;

pub(super) const KIND: Kind = Kind::Resource;

/// Words that paths below `/resources` have taken.
const RESERVED: [&str; 3] = ["collection", "format", "jobs"];

const LONGEST_ID: usize = 128;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    paging::list(&request, KIND, summary).await
}

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let id = match data.get("id") {
        None | Some(Value::Null) => Uuid::new_v4().simple().to_string(),
        Some(given) => acceptable_id(given)?,
    };
    let fields = checked(request.owner, documents::incoming(data))?;
    let change = |_| Ok(fields.clone());
    let (fields, revision) = documents::write(&request, KIND, &id, Target::Fresh, change).await?;
    Ok(Reply::created(documents::with_id(fields, &id), id).revision(revision))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    documents::find(&request, KIND, request.segment("id")).await.map(documents::shown)
}

pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let fields = documents::incoming(data);
    change(&request, |_| Ok(checked(request.owner, fields.clone())?)).await
}

pub(super) async fn merge(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let patch = Value::Object(documents::incoming(data));
    change(&request, |stored| {
        let mut merged = Value::Object(stored);
        patch::merge(&mut merged, patch.clone());
        match merged {
            Value::Object(merged) => Ok(checked(request.owner, merged)?),
            _ => Err(Violation::new("data", "type", "Value must be an object").into()),
        }
    })
    .await
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let id = request.segment("id");
    if request.says_no("should_soft_delete") {
        let Document { revision, body, .. } = documents::remove(&request, KIND, id).await?;
        return Ok(Reply::ok(documents::as_deleted(&body, id)).revision(revision));
    }
    let mark = |mut fields: Map<String, Value>| {
        documents::mark_deleted(&mut fields);
        Ok(fields)
    };
    let (fields, revision) = documents::write(&request, KIND, id, Target::Existing, mark).await?;
    Ok(Reply::ok(documents::as_deleted(&Value::Object(fields), id)).revision(revision))
}

async fn change(
    request: &Request,
    change: impl Fn(Map<String, Value>) -> Result<Map<String, Value>, Error> + Send,
) -> Result<Reply, Error> {
    let id = request.segment("id");
    let (fields, revision) = documents::write(request, KIND, id, Target::Existing, change).await?;
    Ok(Reply::ok(documents::with_id(fields, id)).revision(revision))
}

/// The fields as they are stored. An account has no peers: whose calls are taken by their address alone is for the installation to say.
pub(super) fn checked(owner: Owner, mut fields: Map<String, Value>) -> Result<Map<String, Value>, Violations> {
    let mut broken = resource::validate(&mut fields).err().unwrap_or_default();
    let is_peer = fields.get("peer").is_some_and(|peer| peer == true);
    if is_peer && owner != Owner::System {
        broken.push(Violation::new("peer", "forbidden", "Peers are disabled in this installation").value(true));
    }
    broken.into_result().map(|()| fields)
}

fn summary(document: &Document) -> Value {
    resource::summary(&document.key.id, &document.body)
}

/// The id that a client gives a resource, if paths can name it.
pub(super) fn acceptable_id(given: &Value) -> Result<String, Violation> {
    let id =
        given.as_str().ok_or_else(|| Violation::new("id", "type", "Value must be a string").value(given.clone()))?;
    let spelled = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
    if !spelled || !(1..=LONGEST_ID).contains(&id.len()) || id.bytes().all(|byte| byte == b'.') {
        let message = format!("An id is 1 to {LONGEST_ID} letters, digits, '-', '_', '.', '~'");
        return Err(Violation::new("id", "wrong_format", message));
    }
    if RESERVED.contains(&id) {
        return Err(Violation::new("id", "forbidden", "The word is part of another path").value(id));
    }
    Ok(id.to_owned())
}
