//! `/PhoneNumbers`: the same numbers as `/v2/phone_numbers`, each of which is one account's, or in the installation's pool.

mod reach;
mod rows;

use strowger_jobs::numbers::{add, change, hand_over, remove as give_back};
use strowger_model::api_key::Scope;
use strowger_model::phone_number::{Assignment, NumberModule, NumberState, PhoneNumber, PhoneNumberRequest};
use strowger_model::{Owner, Sid, time};

use super::carriers::find;
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use reach::{admitted, named};
pub(super) use rows::{list, list_of_provider, uses};

const PRIVILEGES: Error = Error::Forbidden("insufficient privileges");

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let PhoneNumberRequest { number, carrier, mut assignment } = PhoneNumberRequest::from_request(&request.body)?;
    if let Scope::Account(own) = request.caller.scope() {
        assignment.account = Some(own);
    }
    let assignment = admitted(&request, assignment).await?;
    let owner = assignment.owner();
    let (resource_id, module_name) = source(&request, owner, carrier).await?;
    let now = time::gregorian_now();
    let number = PhoneNumber {
        id: number,
        state: NumberState::Reserved,
        resource_id,
        module_name,
        created: now,
        modified: now,
        job: None,
        application: assignment.application,
        provider: assignment.provider,
    };
    let author = request.origin.author(owner, None);
    if add(request.state.store(), owner, &number, author).await? {
        return Ok(Reply::created(number.id.sid()));
    }
    let digits = number.id.digits();
    Err(Error::unprocessable(format!("Duplicate entry '{digits}' for key 'phone_number'")))
}

/// The carrier that a number comes from, and whose it is.
async fn source(
    request: &Request,
    owner: Owner,
    carrier: Option<Sid>,
) -> Result<(Option<String>, NumberModule), Error> {
    let Some(carrier) = carrier else { return Ok((None, NumberModule::Local)) };
    if let Some(own) = find::of_owner(&request.state, owner, carrier).await? {
        return Ok((Some(own.key.id), NumberModule::Local));
    }
    match find::of_owner(&request.state, Owner::System, carrier).await? {
        Some(others) => Ok((Some(others.key.id), NumberModule::Other)),
        None => Err(Error::bad_request(format!("voip_carrier not found for sid {carrier}"))),
    }
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| match request.caller.scope() {
        Scope::ServiceProvider(_) => Error::bad_request("insufficient privileges"),
        Scope::Admin | Scope::Account(_) => Error::NotFound,
    })?;
    Ok(Reply::Ok(rows::shown(&request, found.owner, &found.number).await?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| not_yours(&request))?;
    let before = found.number.assignment(found.owner);
    let asked = before.changed(&request.body)?;
    let after = admitted(&request, asked).await?;
    let number = PhoneNumber { modified: time::gregorian_now(), ..assigned(&found.number, after) };
    let author = |owner| request.origin.author(owner, None);
    let store = request.state.store();
    match after.owner() {
        same if same == found.owner => change(store, &found, &number, author(same)).await?,
        // A carrier of the account before is none of the next one's.
        other => {
            let foreign = number.module_name == NumberModule::Local;
            let number = PhoneNumber { resource_id: number.resource_id.clone().filter(|_| !foreign), ..number };
            hand_over(store, &found, other, &number, author).await?;
        }
    }
    Ok(Reply::NoContent)
}

fn assigned(number: &PhoneNumber, to: Assignment) -> PhoneNumber {
    PhoneNumber { application: to.application, provider: to.provider, ..number.clone() }
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let found = named(&request).await?.ok_or_else(|| not_yours(&request))?;
    let author = request.origin.author(found.owner, None);
    let removed = give_back(request.state.store(), found.owner, &found.number.id, author, |_| Ok::<_, Error>(()));
    removed.await?.map(|_| Reply::NoContent).ok_or_else(|| not_yours(&request))
}

/// What a change to a number is answered that is somebody else's or nobody's.
fn not_yours(request: &Request) -> Error {
    if request.caller.is_admin() { Error::NotFound } else { PRIVILEGES }
}
