//! `/resources`: an account's carriers, or the installation's.

use serde_json::{Map, Value};
use strowger_model::{Violation, Violations, patch, resource};
use strowger_store::{Document, Kind};
use uuid::Uuid;

use super::documents::{self, Target};
use super::error::Error;
use super::paging;
use super::peers::{self, Address, Peers};
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
    let (fields, addresses) = checked(Peers::of(&request), documents::incoming(data))?;
    claim(&request, &id, addresses).await?;
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
    change(&request, |_| Ok(fields.clone())).await
}

pub(super) async fn merge(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let patch = Value::Object(documents::incoming(data));
    change(&request, |stored| {
        let mut merged = Value::Object(stored);
        patch::merge(&mut merged, patch.clone());
        match merged {
            Value::Object(merged) => Ok(merged),
            _ => Err(Violation::new("data", "type", "Value must be an object").into()),
        }
    })
    .await
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let id = request.segment("id");
    if request.says_no("should_soft_delete") {
        let Document { revision, body, .. } = documents::remove(&request, KIND, id).await?;
        let (_, fields) = documents::parted(body);
        peers::release(&request, id, &had(&request, &fields), &[]).await?;
        return Ok(Reply::ok(documents::as_deleted(&Value::Object(fields), id)).revision(revision));
    }
    let mark = |mut fields: Map<String, Value>| {
        documents::mark_deleted(&mut fields);
        Ok(fields)
    };
    let (fields, revision) = documents::write(&request, KIND, id, Target::Existing, mark).await?;
    peers::release(&request, id, &had(&request, &fields), &[]).await?;
    Ok(Reply::ok(documents::as_deleted(&Value::Object(fields), id)).revision(revision))
}

async fn change(
    request: &Request,
    change: impl Fn(Map<String, Value>) -> Result<Map<String, Value>, Error> + Send + Sync,
) -> Result<Reply, Error> {
    let (id, rule) = (request.segment("id"), Peers::of(request));
    let (had, claimed) = match rule {
        Peers::Claimed => claim_for(request, id, &change).await?,
        Peers::Unchecked | Peers::Forbidden => (Vec::new(), Vec::new()),
    };
    let change = |stored| {
        let (fields, addresses) = checked(rule, change(stored)?)?;
        // Another change has given it an address that was not claimed.
        let is_claimed = addresses.iter().all(|address| claimed.contains(address));
        if is_claimed { Ok(fields) } else { Err(Error::Conflict) }
    };
    let (fields, revision) = documents::write(request, KIND, id, Target::Existing, change).await?;
    peers::release(request, id, &had, &claimed).await?;
    Ok(Reply::ok(documents::with_id(fields, id)).revision(revision))
}

/// Claims the addresses that the change would give a peer: what it had, and what it is to have.
async fn claim_for(
    request: &Request,
    id: &str,
    change: impl Fn(Map<String, Value>) -> Result<Map<String, Value>, Error> + Send + Sync,
) -> Result<(Vec<Address>, Vec<Address>), Error> {
    let (_, stored) = documents::parted(documents::find(request, KIND, id).await?.body);
    let had = had(request, &stored);
    let (_, addresses) = checked(Peers::Claimed, change(stored)?)?;
    claim(request, id, addresses.clone()).await?;
    Ok((had, addresses))
}

async fn claim(request: &Request, id: &str, addresses: Vec<Address>) -> Result<(), Error> {
    let refused = peers::claim(request, &[(id.to_owned(), addresses)].into()).await?;
    refused.into_values().next().map_or(Ok(()), |broken| Err(broken.into()))
}

/// The addresses of a stored carrier, if they are claimed.
fn had(request: &Request, fields: &Map<String, Value>) -> Vec<Address> {
    Peers::of(request).addresses(fields).unwrap_or_default()
}

/// The fields as they are stored, and the addresses to claim for them.
pub(super) fn checked(
    peers: Peers,
    mut fields: Map<String, Value>,
) -> Result<(Map<String, Value>, Vec<Address>), Violations> {
    let mut broken = resource::validate(&mut fields).err().unwrap_or_default();
    let addresses = peers.addresses(&fields).unwrap_or_else(|more| {
        // A gateway without a server is told once.
        let more = more.0.into_iter().filter(|it| !broken.0.iter().any(|told| told.path == it.path));
        let more: Vec<Violation> = more.collect();
        broken.0.extend(more);
        Vec::new()
    });
    broken.into_result().map(|()| (fields, addresses))
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
