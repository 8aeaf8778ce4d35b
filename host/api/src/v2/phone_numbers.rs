//! `/phone_numbers`: the numbers that an account has, or the installation's pool; and whose a number is.

use serde_json::Value;
use strowger_jobs::numbers::remove as give_back;
use strowger_model::phone_number::{E164, PhoneNumber};
use strowger_store::numbers::{self, Assigned};
use strowger_store::{Document, Kind, Revision};

use super::documents::as_deleted;
use super::error::Error;
use super::paging;
use super::reply::Reply;
use super::request::Request;

/// The account's numbers.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    paging::list(&request, Kind::PhoneNumber, row).await
}

/// A number of the account.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let found = find(&request).await?.filter(|found| found.owner == request.owner);
    let found = found.ok_or_else(|| unknown(&request))?;
    Ok(Reply::ok(found.number.shown()).revision(found.revision))
}

/// A number of anybody's, with the account that has it.
pub(super) async fn find_owner(request: Request) -> Result<Reply, Error> {
    let found = find(&request).await?.ok_or_else(|| unknown(&request))?;
    Ok(Reply::ok(found.number.shown_of(found.owner.account())).revision(found.revision))
}

/// Gives a number of the account back.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let number = number(&request)?;
    let author = request.origin.author(request.owner, None);
    let admit = |revision: &Revision| match request.conditions.allow(&revision.0) {
        true => Ok(()),
        false => Err(Error::PreconditionFailed),
    };
    let removed = give_back(request.state.store(), request.owner, &number, author, admit).await?;
    let (told, revision) = removed.ok_or_else(|| unknown(&request))?;
    Ok(Reply::ok(as_deleted(&Value::Object(told.shown()), number.as_str())).revision(revision))
}

async fn find(request: &Request) -> Result<Option<Assigned>, Error> {
    Ok(numbers::find(request.state.store(), &number(request)?).await?)
}

/// The path's number, in any form that the dial plan knows. What is none is nobody's number.
fn number(request: &Request) -> Result<E164, Error> {
    request.segment("number").parse().map_err(|_| unknown(request))
}

fn unknown(request: &Request) -> Error {
    Error::BadIdentifier(request.segment("number").chars().take(128).collect())
}

fn row(document: &Document) -> Value {
    let read = document.decode::<PhoneNumber>();
    // One that is damaged is told when it is asked for.
    read.map_or_else(|_| serde_json::json!({ "id": document.key.id }), |number| Value::Object(number.shown()))
}
